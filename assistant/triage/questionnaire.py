"""The summary as a FHIR R4 QuestionnaireResponse (HL7, hl7.org/fhir/R4/questionnaireresponse.html), for a practice's software."""

from __future__ import annotations

from typing import Any

from assistant.triage.summary import Line

UCUM = "http://unitsofmeasure.org"


def questionnaire_response(lines: tuple[Line, ...], authored: str) -> dict[str, Any]:
    """The summary's lines as items.

    Args:
        lines: of `summarise`.
        authored: when, as ISO 8601 with a time zone.

    Returns:
        The resource as JSON data; `in-progress` while an answer is not known. It names nobody.
    """
    return {
        "resourceType": "QuestionnaireResponse",
        "status": "completed" if all(line.value is not None for line in lines) else "in-progress",
        "authored": authored,
        "item": [_item(line) for line in lines],
    }


def _item(line: Line) -> dict[str, Any]:
    item: dict[str, Any] = {"linkId": line.id, "text": line.question}
    if line.value is not None:
        item["answer"] = [{**_value(line.value)}]
    if line.words:
        # An item has either answers or items of its own: the words hang on the answer, or stand in its place.
        words = {"linkId": f"{line.id}.words", "text": line.question, "answer": [{"valueString": line.words}]}
        if "answer" in item:
            item["answer"][0]["item"] = [words]
        else:
            item["item"] = [words]
    return item


def _value(value: float | bool | str) -> dict[str, Any]:
    if isinstance(value, bool):
        return {"valueBoolean": value}
    if isinstance(value, float):
        return {"valueQuantity": {"value": value, "unit": "s", "system": UCUM, "code": "s"}}
    return {"valueString": value}
