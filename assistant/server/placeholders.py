"""Lets Rasa start without what no part of this assistant uses: TensorFlow, and the clients of Twilio, Amazon, Webex and Rasa's Telegram.

Rasa 3.6.21 imports them at start-up even for models and channels that use none of them. With TensorFlow the environment is 2.7 GB,
without 0.9 GB; the clients are 66 MB more, and those of Telegram and Webex 0.3 s of each start. A test fails when Rasa imports another
such module.
"""

from __future__ import annotations

import importlib.util
import sys
from types import ModuleType

_PLACEHOLDERS = {
    "rasa.utils.tensorflow.callback": ("RasaTrainingLogger", "RasaModelCheckpoint"),
    "rasa.utils.tensorflow.data_generator": ("RasaBatchDataGenerator", "RasaDataGenerator", "DataGenerator"),
    "rasa.nlu.classifiers.diet_classifier": ("DIETClassifier",),
    "rasa.nlu.selectors.response_selector": ("ResponseSelector",),
    "rasa.core.policies.ted_policy": ("TEDPolicy",),
    "rasa.core.policies.unexpected_intent_policy": ("UnexpecTEDIntentPolicy",),
    "rasa.nlu.featurizers.dense_featurizer.convert_featurizer": ("ConveRTFeaturizer",),
    "rasa.nlu.featurizers.dense_featurizer.lm_featurizer": ("LanguageModelFeaturizer",),
}
# Where one is installed after all (Rasa's DynamoDB tracker store needs boto3), it is used.
_CLIENTS = {
    "aiogram": ("Bot",),
    "aiogram.types": ("InlineKeyboardButton", "Update", "InlineKeyboardMarkup", "KeyboardButton", "ReplyKeyboardMarkup", "Message"),
    "aiogram.utils.exceptions": ("TelegramAPIError",),
    "boto3.dynamodb.conditions": ("Key",),
    "botocore.exceptions": ("BotoCoreError",),
    "twilio.base.exceptions": ("TwilioRestException",),
    "twilio.rest": ("Client",),
    "twilio.twiml.voice_response": ("Gather", "VoiceResponse"),
    "webexteamssdk": ("WebexTeamsAPI", "Webhook"),
}


def install_placeholders() -> None:
    """Put the placeholders in place; must run before Rasa is imported."""
    for name, classes in _PLACEHOLDERS.items():
        _put(name, classes)
    missing = {name: classes for name, classes in _CLIENTS.items() if importlib.util.find_spec(name.split(".")[0]) is None}
    for name, classes in missing.items():
        packages = name.split(".")[:-1]
        for length in range(1, len(packages) + 1):
            _put(".".join(packages[:length]), ())
        _put(name, classes)


def _put(name: str, classes: tuple[str, ...]) -> None:
    module = ModuleType(name)
    for class_name in classes:
        # Rasa catches some of these, so each is an exception.
        setattr(module, class_name, type(class_name, (Exception,), {"__module__": name}))
    sys.modules.setdefault(name, module)
