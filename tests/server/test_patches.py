"""Each patch of Rasa: that what it replaces is still there as it was, and that it does what it says."""

from __future__ import annotations

import ast
import copy
import dataclasses
import gc
import inspect
import json
import re
from datetime import date
from typing import Any

import dask
import pytest
import rasa.core.actions.action as rasa_action
import rasa.core.processor as rasa_processor
import rasa.engine.runner.dask as rasa_runner
import rasa.shared.core.trackers as rasa_trackers
from rasa.core.actions.action import ActionExecutionRejection, ActionExtractSlots, RemoteAction
from rasa.core.channels.channel import CollectingOutputChannel, UserMessage
from rasa.core.policies.policy import Policy
from rasa.core.policies.rule_policy import RULES, RULES_FOR_LOOP_UNHAPPY_PATH, RulePolicy
from rasa.core.processor import MessageProcessor
from rasa.core.utils import AvailableEndpoints
from rasa.engine.graph import GraphSchema
from rasa.graph_components.converters.nlu_message_converter import NLUMessageConverter
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import (
    ActionExecuted,
    ActionExecutionRejected,
    ActionReverted,
    ActiveLoop,
    Restarted,
    SessionStarted,
    SlotSet,
    UserUtteranceReverted,
    UserUttered,
)
from rasa.shared.core.slots import TextSlot
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.exceptions import RasaException
from rasa.utils.endpoints import EndpointConfig
from rasa_sdk.interfaces import ActionExecutionRejection as SdkRejection

from actions import interview
from assistant.server.patches.behaviour import SILENT_ACTIONS, ActionsInProcess
from tests.conftest import ROOT, Run, Talk


def test_rasa_is_the_version_that_the_patches_were_written_for() -> None:
    from rasa import __version__

    assert __version__ == "3.6.21", "read assistant/server/patches against the new version, then change this line"


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


def test_who_could_not_be_heard_is_not_answered_as_if_they_had_said_nothing(talk: Talk, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*args: Any) -> Any:
        raise KeyError("collect")

    talk.say("my calf twitches after my run")
    with monkeypatch.context() as broken:
        broken.setattr(interview, "collect", fails)
        (sorry,) = talk.say("no")
        referred = talk.say("my leg has been numb for 3 days")
    assert "say that once more" in sorry["text"]
    assert referred[0]["data"]["level"] == "urgent"
    assert talk.say("start again")[0]["data"]["outcome"] == "chitchat"


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


def test_what_a_graph_needs_is_looked_up_once(agent: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    schema = agent.processor.graph_runner._graph_schema
    of_rasa = GraphSchema.minimal_graph_schema.__closure__[0].cell_contents
    for targets in (["run_RegexMessageHandler"], ["select_prediction"], None):
        assert schema.minimal_graph_schema(targets) == of_rasa(schema, targets)
    monkeypatch.setattr(GraphSchema, "_all_dependencies_schema", None)
    assert schema.minimal_graph_schema(["select_prediction"]).nodes


def test_a_turn_leaves_no_circles_for_the_garbage_collector(talk: Talk) -> None:
    talk.say("my calf twitches after my run")
    gc.collect()
    gc.disable()
    try:
        for said in ("few seconds", "does coffee cause twitching", "since monday"):
            talk.say(said)
        # 237 objects a turn, the talk with all its events among them, while a graph's nodes were asked by a function that held itself.
        assert gc.collect() < 100
    finally:
        gc.enable()


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


def test_older_states_would_change_no_rule(talk: Talk, monkeypatch: pytest.MonkeyPatch) -> None:
    newest = RulePolicy._prediction_states
    lengths: list[tuple[int, int]] = []

    def compare(self: Any, tracker: Any, domain: Any, *args: Any, **kwargs: Any) -> Any:
        every = Policy._prediction_states(self, tracker, domain, *args, **kwargs)
        found = newest(self, tracker, domain, *args, **kwargs)
        assert found == every[-len(found) :]
        for kind in (RULES, RULES_FOR_LOOP_UNHAPPY_PATH):
            assert self._get_possible_keys(self.lookup[kind], found) == self._get_possible_keys(self.lookup[kind], every)
        lengths.append((len(found), len(every)))
        return found

    monkeypatch.setattr(RulePolicy, "_prediction_states", compare)
    ended = ["my calf twitches after my run", "few seconds", "since yesterday", "no", "no", "no", "no", "no", "thanks", "is it normal"]
    doubted = ["haha i nearly died of laughter, my calf twitched", "start again", "restart"]
    stopped = ["my arm twitches", "does coffee cause twitching", "why do you ask", "stop", "bye"]
    for said in ["hi", *ended, *doubted, *stopped]:
        talk.say(said)
    assert len(lengths) > 20
    assert any(short < long for short, long in lengths)


ASKED = ["action_listen", UserUttered("it twitches"), "interview_form", ActiveLoop("interview_form"), "action_listen"]


@pytest.mark.parametrize(
    "events",
    [
        ["action_listen", UserUttered("hi"), "utter_greet", SlotSet("since", 3)],
        ["action_listen", SessionStarted(), "action_listen", UserUttered("hi"), "utter_greet"],
        ["action_listen", UserUttered("hi"), Restarted(), "action_listen"],
        ["action_listen", UserUttered("hi"), "utter_greet", ActionReverted()],
        ["action_listen", UserUttered("hi"), UserUtteranceReverted(), "action_listen"],
        ["interview_form", ActiveLoop("interview_form"), "action_listen", UserUttered("no"), "interview_form", ActiveLoop(None)],
        [*ASKED, UserUttered("no"), "interview_form", "action_listen", UserUttered("why"), "utter_why", "interview_form"],
        [*ASKED, UserUttered("why"), ActionExecutionRejected("interview_form"), "utter_why", "interview_form", SlotSet("since", 3)],
        [*ASKED, "interview_form", "action_listen", UserUttered("hi"), SessionStarted(), "interview_form", "interview_form"],
        [*ASKED, UserUttered("no"), "interview_form", ActiveLoop(None), "interview_form", ActionReverted()],
    ],
)
def test_the_events_replayed_are_those_of_rasa(events: list[Any]) -> None:
    tracker = DialogueStateTracker.from_events("x", [ActionExecuted(event) if isinstance(event, str) else event for event in events])
    assert tracker.applied_events() == tracker.applied_events.__func__.__closure__[0].cell_contents(tracker)


def test_what_undoes_events_is_still_all_of_it() -> None:
    source = inspect.getsource(DialogueStateTracker.applied_events.__closure__[0].cell_contents)
    assert set(re.findall(r"isinstance\(event, \(?([\w, ]+)\)", source)) == {
        "ActiveLoop", "Restarted, SessionStarted", "ActionReverted", "UserUtteranceReverted", "ActionExecuted",
    }  # fmt: skip


def test_a_copied_talk_is_what_replaying_it_gives(agent: Any) -> None:
    events = [ActionExecuted("action_listen"), UserUttered("my calf twitches"), SlotSet("bout", 3), ActiveLoop("interview_form")]
    tracker = DialogueStateTracker.from_events("x", events, agent.domain.slots)
    twin, replayed = tracker.copy(), tracker.travel_back_in_time(float("inf"))
    assert twin == replayed == tracker
    assert set(vars(twin)) == set(vars(replayed))
    assert twin.current_slot_values() == replayed.current_slot_values()
    assert (twin.active_loop, twin.latest_message, twin.latest_action_name) == (
        replayed.active_loop,
        replayed.latest_message,
        replayed.latest_action_name,
    )
    twin.interrupt_loop(True)
    twin.update_with_events([SlotSet("bout", 9), ActiveLoop(None)], agent.domain)
    assert tracker == replayed
    assert not tracker.is_active_loop_interrupted
    assert tracker.get_slot("bout") == 3
    assert tracker.active_loop_name == "interview_form"


def test_a_copied_slot_is_one_of_its_own() -> None:
    slot = TextSlot("since", [{"type": "from_text"}], initial_value="a week")
    twin = copy.copy(slot)
    assert type(twin) is TextSlot
    assert vars(twin) == vars(slot)
    twin.value = "two weeks"
    assert slot.value == "a week"
    # Nothing of a slot stands outside its dictionary.
    assert not any(vars(kind).get("__slots__") for kind in TextSlot.__mro__)


def test_slots_are_filled_by_their_action_as_rasa_would(agent: Any, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    of_rasa = ActionExtractSlots.run.__closure__[0].cell_contents
    asked: list[str] = []

    async def fill(self: Any, name: str, *args: Any) -> list[Any]:
        asked.append(name)
        return [SlotSet("since", 3.0)]

    monkeypatch.setattr(ActionExtractSlots, "_run_custom_action", fill)
    domain, talk = agent.domain, DialogueStateTracker.from_events("x", [UserUttered("since tuesday")], agent.domain.slots)
    other = Domain.from_yaml("slots: {place: {type: text, mappings: [{type: from_text}]}}")
    for of_domain, events in ((domain, [SlotSet("since", 3.0)]), (other, [SlotSet("place", "since tuesday")])):
        arguments = (CollectingOutputChannel(), agent.processor.nlg, talk, of_domain)
        extract = ActionExtractSlots(agent.processor.action_endpoint)
        assert run(extract.run(*arguments)) == run(of_rasa(extract, *arguments)) == events
    assert asked == ["action_collect_findings"] * 2


def test_an_action_is_told_the_same_as_on_a_server_of_its_own(agent: Any) -> None:
    of_rasa = RemoteAction._action_call_format.__closure__[0].cell_contents
    events = [ActionExecuted("action_listen"), UserUttered("my calf twitches"), SlotSet("bout", 3), ActiveLoop("interview_form")]
    talk = DialogueStateTracker.from_events("x", events, agent.domain.slots)
    action = RemoteAction("action_clarify", agent.processor.action_endpoint)
    told, expected = action._action_call_format(talk, agent.domain), of_rasa(action, talk, agent.domain)
    written = told["tracker"].pop("events")
    assert [list(written), list(reversed(written)), written[1:3]] == [
        expected["tracker"]["events"],
        expected["tracker"]["events"][::-1],
        expected["tracker"].pop("events")[1:3],
    ]
    assert told == {name: value for name, value in expected.items() if name != "version"}
    elsewhere = RemoteAction("action_clarify", EndpointConfig("http://localhost:1/webhook"))
    assert isinstance(elsewhere._action_call_format(talk, agent.domain)["tracker"]["events"], list)


def test_only_a_form_that_is_written_out_is_made_a_dictionary(agent: Any) -> None:
    # What is replaced writes out nothing else.
    assert inspect.getsource(rasa_trackers).count("dataclasses.asdict(") == 1
    tracker = DialogueStateTracker.from_events("x", [UserUttered("my calf twitches"), ActiveLoop("interview_form")], agent.domain.slots)
    written = tracker.current_state()["active_loop"]
    assert written == dataclasses.asdict(tracker.active_loop)
    assert written is not vars(tracker.active_loop)


def test_what_the_processor_copies_is_for_its_debug_log_alone() -> None:
    source = inspect.getsource(rasa_processor)
    calls = [
        node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call) and ast.unparse(node.func) == "structlogger.debug"
    ]
    logged = sum(ast.unparse(call).count("copy.deepcopy(") for call in calls)
    assert logged == source.count("copy.") == 6


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

    monkeypatch.setattr("assistant.server.patches.speed.date", Tomorrow)
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


def test_a_sentence_sent_in_two_is_heard_as_one(agent: Any, run: Run) -> None:
    assert "parse_message(message, tracker)" in inspect.getsource(MessageProcessor._handle_message_with_tracker)
    tracker = DialogueStateTracker.from_events("two", [UserUttered("my face")])
    found = run(agent.processor.parse_message(UserMessage("is drooping"), tracker))
    assert "stroke_face" in [entity["value"] for entity in found["entities"]]
    assert "stroke_face" not in [entity["value"] for entity in run(agent.processor.parse_message(UserMessage("is drooping")))["entities"]]
