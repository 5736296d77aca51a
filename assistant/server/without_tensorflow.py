"""Lets Rasa start without TensorFlow: placeholders for the modules that need it and that no pipeline here uses.

Rasa 3.6.21 imports these at start-up even for models that use none of them. With them the environment is 2.7 GB, without
0.9 GB. A test fails when Rasa imports another TensorFlow module.
"""

from __future__ import annotations

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


def install_placeholders() -> None:
    """Put the placeholders in place; must run before Rasa is imported."""
    for name, classes in _PLACEHOLDERS.items():
        module = ModuleType(name)
        for class_name in classes:
            setattr(module, class_name, type(class_name, (), {"__module__": name}))
        sys.modules.setdefault(name, module)
