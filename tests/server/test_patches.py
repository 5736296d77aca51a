"""Each patch of Rasa: that what it replaces is still there as it was, and that it does what it says."""

from __future__ import annotations

import inspect
import json
import re
from datetime import date
from typing import Any

import dask
import pytest
import rasa.core.actions.action as rasa_action
import rasa.engine.runner.dask as rasa_runner
from rasa.core.actions.action import ActionExecutionRejection, RemoteAction
from rasa.core.channels.channel import UserMessage
from rasa.core.policies.rule_policy import RulePolicy
from rasa.core.processor import MessageProcessor
from rasa.core.utils import AvailableEndpoints
from rasa.graph_components.converters.nlu_message_converter import NLUMessageConverter
from rasa.shared.core.domain import Domain
from rasa.shared.exceptions import RasaException
from rasa.utils.endpoints import EndpointConfig
from rasa_sdk.interfaces import ActionExecutionRejection as SdkRejection

from assistant.server.patches import SILENT_ACTIONS, ActionsInProcess
from tests.conftest import ROOT, Run, Talk


def test_rasa_is_the_version_that_the_patches_were_written_for() -> None:
    from rasa import __version__

    assert __version__ == "3.6.21", "read assistant/server/patches.py against the new version, then change this line"


def test_what_is_patched_is_still_called_the_same_way() -> None:
    assert list(inspect.signature(rasa_action.RemoteAction._validate_action_result).parameters) == ["self", "result"]
    run = inspect.signature(rasa_action.Action.run).parameters
    assert list(run) == ["self", "output_channel", "nlg", "tracker", "domain"]
    assert "action_endpoint.request(\n                json=" in inspect.getsource(RemoteAction)
    assert list(inspect.signature(EndpointConfig.request).parameters)[:3] == ["self", "method", "subpath"]
    assert hasattr(RemoteAction, "action_response_format_spec")
    assert hasattr(RemoteAction, "_utter_responses")


def test_actions_run_in_this_process() -> None:
    endpoints = AvailableEndpoints.read_endpoints(str(ROOT / "endpoints.yml"))
    assert isinstance(endpoints.action, ActionsInProcess)


def test_an_action_server_of_its_own_can_still_be_named(tmp_path: Any) -> None:
    file = tmp_path / "endpoints.yml"
    file.write_text("action_endpoint:\n  url: http://localhost:5055/webhook\n")
    endpoint = AvailableEndpoints.read_endpoints(str(file)).action
    assert type(endpoint) is EndpointConfig
    assert endpoint.url == "http://localhost:5055/webhook"


def test_a_failed_action_apologises_and_the_talk_goes_on(talk: Talk, agent: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    endpoint = type(agent.processor.action_endpoint)

    async def down(*args: Any, **kwargs: Any) -> Any:
        raise ConnectionError("no such server")

    with monkeypatch.context() as broken:
        broken.setattr(endpoint, "request", down)
        replies = talk.say("does coffee cause twitching")
    sorry = {variant["text"] for variant in agent.domain.responses["utter_sorry"]}
    assert {reply["text"] for reply in replies} <= sorry
    assert replies
    assert talk.intent() == "ask_caffeine"
    assert talk.say("does coffee cause twitching")[0]["data"]["outcome"] == "topic"


def test_only_actions_that_another_follows_fail_in_silence(agent: Any) -> None:
    assert set(SILENT_ACTIONS) <= set(agent.domain.action_names_or_texts)


def test_a_rejection_by_an_action_reaches_rasa_as_its_own(agent: Any, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    async def rejects(call: Any) -> Any:
        raise SdkRejection("validate_interview_form")

    endpoint = agent.processor.action_endpoint
    monkeypatch.setattr(endpoint._executor, "run", rejects)
    with pytest.raises(ActionExecutionRejection):
        run(endpoint.request(json={}))


def test_an_action_that_returns_nonsense_is_an_error(agent: Any) -> None:
    action = RemoteAction("action_clarify", EndpointConfig("http://localhost:1/webhook"))
    assert action._validate_action_result({"events": [], "responses": []})
    with pytest.raises(RasaException, match="events"):
        action._validate_action_result({"events": "none", "responses": []})


def test_components_run_in_order_give_what_dask_gives() -> None:
    assert "dask.get(run_graph, run_targets)" in inspect.getsource(rasa_runner.DaskGraphRunner.run)
    runs: list[str] = []

    def component(name: str) -> Any:
        def call(*inputs: tuple[str, Any]) -> tuple[str, Any]:
            runs.append(name)
            return name, [value for _, value in inputs]

        return call

    graph = {"a": (component("a"), "text"), "b": (component("b"), "a", "text"), "c": (component("c"), "b", "a"), "text": ("text", 7)}
    assert rasa_runner.dask.get(graph, ["c", "a"]) == dask.get(graph, ["c", "a"])
    assert runs[:3] == ["a", "b", "c"]


def test_rules_after_another_action_would_not_apply_anyway(talk: Talk, monkeypatch: pytest.MonkeyPatch) -> None:
    possible = RulePolicy._get_possible_keys
    found: list[tuple[set[str], set[str]]] = []

    def both(self: Any, lookup: dict[str, str], states: list[Any]) -> set[str]:
        every = {key for key in lookup if all(self._is_rule_applicable(key, back, s) for back, s in enumerate(reversed(states)))}
        keys: set[str] = possible(self, lookup, states)
        found.append((keys, every))
        return keys

    monkeypatch.setattr(RulePolicy, "_get_possible_keys", both)
    for said in ("my calf twitches after my run", "few seconds", "does coffee cause twitching", "why do you ask", "stop", "bye"):
        talk.say(said)
    assert len(found) > 7
    assert all(keys == every for keys, every in found)
    assert any(keys for keys, _ in found)


def test_no_rule_is_on_the_words_of_a_message(talk: Talk, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "tracker, domain, use_text_for_last_user_input=True" in inspect.getsource(RulePolicy._predict)
    rules: list[str] = []
    possible = RulePolicy._get_possible_keys

    def listen(self: Any, lookup: dict[str, str], states: list[Any]) -> Any:
        rules.extend(lookup)
        return possible(self, lookup, states)

    monkeypatch.setattr(RulePolicy, "_get_possible_keys", listen)
    talk.say("hello")
    assert rules
    assert not [key for key in rules if any("text" in state.get("user", {}) for state in json.loads(key))]


def test_whether_a_domain_is_empty_is_looked_up_once(monkeypatch: pytest.MonkeyPatch) -> None:
    domain, empty = Domain.from_dict({"intents": ["hello"]}), Domain.from_dict({})
    assert not domain.is_empty()
    assert empty.is_empty()
    monkeypatch.setattr(Domain, "as_dict", None)
    assert not domain.is_empty()
    assert empty.is_empty()


def test_what_was_understood_is_remembered_for_the_day_and_for_nobody_else(agent: Any, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def parse(sender: str) -> dict[str, Any]:
        message = UserMessage("since tuesday", None, sender, metadata={"of": sender})
        found: dict[str, Any] = run(agent.processor.parse_message(message))
        assert sender not in str(found)
        return found

    ran: list[Any] = []
    graph = type(agent.processor.graph_runner).run

    def count(self: Any, *args: Any, **kwargs: Any) -> Any:
        ran.append(1)
        return graph(self, *args, **kwargs)

    monkeypatch.setattr(type(agent.processor.graph_runner), "run", count)

    class Tomorrow(date):
        @classmethod
        def today(cls) -> date:
            return date(2040, 1, 4)

    monkeypatch.setattr("assistant.server.patches.date", Tomorrow)
    first = parse("somebody")
    assert ran
    first["entities"].clear()
    ran.clear()
    second = parse("another")
    assert not ran
    assert second["entities"]
    Tomorrow.today = classmethod(lambda cls: date(2040, 1, 5))  # type: ignore[method-assign]
    parse("somebody")
    assert ran


def test_what_understanding_is_given_is_what_it_is_remembered_by() -> None:
    parameters = inspect.signature(MessageProcessor._parse_message_with_graph).parameters
    assert list(parameters) == ["self", "message", "tracker", "only_output_properties"]
    converter = inspect.getsource(NLUMessageConverter)
    assert set(re.findall(r"message\.(\w+)", converter)) == {"text", "message_id", "metadata"}
