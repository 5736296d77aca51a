# `make` alone lists the targets. Settings of `make run`: PORT=5005, API_TOKEN= (opens Rasa's HTTP API and /metrics behind it),
# RATE_LIMIT=20 (messages a minute; 0 lifts it), WORKERS=1 (more need PostgreSQL and Redis, docs/scaling.md).
.DEFAULT_GOAL := help
SHELL := /bin/sh

PORT ?= 5005
export API_TOKEN ?=
export RATE_LIMIT ?= 20
export WORKERS ?= 1
VENV := .venv
PYTHON := $(VENV)/bin/python
RASA := PYTHONPATH=. $(PYTHON) -m assistant.server
UV := .tools/uv
MODEL := models/assistant.tar.gz
ENCODER := models/encoder.onnx
# The model is trained anew when one of these changed; the folders are among them, since a file taken away changes only its folder.
LEARNT_FROM := config.yml domain.yml $(shell find data content -type d) $(shell find data content assistant/knowledge assistant/nlu assistant/policies -type f \( -name '*.yml' -o -name '*.txt' -o -name '*.py' \))

# The encoder as well, when one of these did. The other content gives the spelling a few words more; that is not worth a quarter of an hour.
TAUGHT_FROM := requirements.txt requirements-encoder.txt $(wildcard tuning/*.py) $(shell find data/nlu data/signs data/harmless) data/introductions.txt \
  $(addprefix content/,groups.yml harmless.yml signs.yml words.yml) \
  $(addprefix assistant/knowledge/,loader.py model.py) \
  $(addprefix assistant/nlu/,encoder.py lexicon.py patterns.py reading.py remembering.py spelling.py wordings.py)

.PHONY: help
help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-14s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

.PHONY: run
run: install $(MODEL) ## serve the assistant; prints the address of the chat page
	@echo "Starting the server on port $(PORT) ..."
	@$(RASA) run --model $(MODEL) --endpoints endpoints.yml --credentials credentials.yml --port $(PORT) \
	  --log-file /dev/null

.PHONY: chat
chat: install $(MODEL) ## talk with it in the terminal
	@$(RASA) shell --model $(MODEL) --endpoints endpoints.yml

.PHONY: train
train: install $(MODEL) ## train the model if content, data, config or the code that learns changed

$(MODEL): $(ENCODER) $(LEARNT_FROM) | $(VENV)/.installed
	@echo "Training the model (about six minutes) ..."
	@$(RASA) train --quiet --force --out models --fixed-model-name assistant --domain domain.yml --config config.yml --data data
	@touch $@

$(ENCODER): $(TAUGHT_FROM) | $(VENV)/.installed
	@echo "Teaching the sentence encoder (about fifteen minutes) ..."
	@trap 'rm -rf .tools/tuning' EXIT; trap 'exit 1' INT TERM; \
	  $(UV) pip install --quiet --no-config --no-deps --require-hashes --python $(PYTHON) --target .tools/tuning -r requirements-encoder.txt \
	  && PYTHONPATH=.:.tools/tuning $(PYTHON) -m tuning $@

.PHONY: test
test: install-dev $(MODEL) lint ## run all tests and checks
	@PYTHONPATH=. $(PYTHON) -m pytest

.PHONY: report
report: install ## a week of talks as a page for those who write the content; REPORT_TEXTS=1 shows what was not understood
	@PYTHONPATH=. $(PYTHON) -m assistant.report

.PHONY: telegram-webhook
telegram-webhook: install ## tell Telegram where to deliver: URL=https://... (docs/telegram.md)
	@PYTHONPATH=. $(PYTHON) -m assistant.channels.telegram_webhook "$(URL)"

.PHONY: evaluate
evaluate: install-dev $(MODEL) ## measure understanding on held-out messages, write docs/evaluation.md
	@PYTHONPATH=. $(PYTHON) -m tests.understanding.evaluate

.PHONY: baseline
baseline: install ## the bot of `rasa init` with the same data, to compare with (3 GB, about four hours)
	@test -x .baseline/venv/bin/rasa || $(UV) venv --quiet --no-config --python 3.11 .baseline/venv
	@$(UV) pip install --quiet --no-config --no-deps --require-hashes --compile-bytecode --python .baseline/venv/bin/python -r baseline/requirements.txt
	@PYTHONPATH=. $(PYTHON) -m baseline.make_bot .baseline/bot
	@cd .baseline/bot && begin=$$(date +%s) && RASA_TELEMETRY_ENABLED=false ../venv/bin/rasa train --fixed-model-name baseline \
	  && echo $$(($$(date +%s) - begin)) > training_seconds

.PHONY: bench-baseline
bench-baseline: baseline ## the same, for `make bench`

.PHONY: bench
bench: install-dev $(MODEL) ## measure cost, speed and memory beside the baseline, write docs/performance.md (about an hour)
	@PYTHONPATH=. $(PYTHON) -m bench

.PHONY: lint
lint: install-dev ## check style, types and data
	@$(VENV)/bin/ruff check .
	@$(VENV)/bin/ruff format --check .
	@$(VENV)/bin/mypy

.PHONY: install
install: $(VENV)/.installed ## set up the environment (done by the other targets)

.PHONY: install-dev
install-dev: $(VENV)/.installed-dev ## the environment with what tests need

$(UV): scripts/get-uv
	@scripts/get-uv $@

$(VENV)/.installed: requirements.txt | $(UV)
	@echo "Setting up the environment (one or two minutes) ..."
	@test -x $(PYTHON) || $(UV) venv --quiet --no-config --python 3.11 $(VENV)
	@$(UV) pip install --quiet --no-config --no-deps --require-hashes --compile-bytecode --python $(PYTHON) -r requirements.txt
	@touch $@

$(VENV)/.installed-dev: requirements-dev.txt $(VENV)/.installed
	@echo "Adding what the tests need ..."
	@$(UV) pip install --quiet --no-config --no-deps --require-hashes --compile-bytecode --python $(PYTHON) -r requirements-dev.txt
	@touch $@

.PHONY: lock
lock: $(UV) ## re-make requirements*.txt from pyproject.toml
	@$(UV) pip compile --quiet --python-version 3.11 --generate-hashes --no-annotate --no-header --no-emit-index-url --no-emit-find-links pyproject.toml -o requirements.txt
	@$(UV) pip compile --quiet --python-version 3.11 --generate-hashes --no-annotate --no-header --no-emit-index-url --no-emit-find-links --group dev -c requirements.txt -o requirements-dev.txt
	@$(UV) pip compile --quiet --no-config --python-version 3.11 --generate-hashes --no-annotate --no-header --no-emit-index-url --no-emit-find-links \
	  --group encoder -c requirements.txt --no-emit-package numpy --no-emit-package protobuf --no-emit-package typing-extensions --no-emit-package scipy -o requirements-encoder.txt

.PHONY: clean
clean: ## remove environment, model and caches; talks are kept
	@rm -rf $(VENV) .tools models .rasa .pytest_cache .mypy_cache .ruff_cache .coverage
