"""Every change to Rasa's internals, with its reason; tests/server/test_patches.py fails when Rasa changes under one."""

from __future__ import annotations

from assistant.server.patches import behaviour, rules, speed


def apply() -> None:
    """Apply all patches; must run once, before a command of Rasa runs."""
    behaviour.run_actions_in_process()
    behaviour.apologise_for_failed_actions()
    behaviour.hear_a_sentence_sent_in_two()
    behaviour.run_on_a_supported_sanic()
    behaviour.guard_the_application()
    speed.cache_action_schema()
    speed.remember_event_types()
    speed.run_components_in_order()
    speed.remember_which_components_a_graph_needs()
    rules.look_only_at_rules_that_can_apply()
    rules.show_rules_only_the_states_they_look_at()
    speed.replay_plainly_where_nothing_is_taken_back()
    speed.copy_talks_without_replaying_them()
    speed.copy_slots_plainly()
    speed.fill_slots_by_their_action()
    speed.write_out_only_the_events_that_an_action_reads()
    speed.write_out_a_loop_without_copying_its_message()
    speed.copy_nothing_for_lines_not_logged()
    speed.remember_whether_the_domain_is_empty()
    speed.remember_what_was_understood()
