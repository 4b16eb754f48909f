"""Scores networks for `tessera nas search --accuracy "python3 evaluator.py"`: JSON lines on standard input and output.

Put your training where `score` is. As it is, it counts layers with weights, so that the protocol can be tried without any training.
"""
import json
import sys


def score(network, training, seed):
    """The value of a network document after training as `training` says. Raise an exception where it fails."""
    return sum(1 for layer in network["layers"] if layer.get("parameters", 0) > 0)


def say(message):
    print(json.dumps(message), flush=True)


say({"hello": {
    "protocol": 1,
    "name": "layers with weights",
    "metrics": [{"id": "layers", "better": "higher", "unit": ""}],
    "parallel": 1,
    "deterministic": True,
}})
for line in sys.stdin:
    question = json.loads(line)
    try:
        value = score(question["network"], question["budget"], question["seed"])
        say({"id": question["id"], "metrics": {"layers": value}})
    except MemoryError:
        say({"id": question["id"], "error": "out of memory", "retry": True})
    except Exception as error:  # the search goes on without this candidate
        print(f"{question['hash']}: {error}", file=sys.stderr)
        say({"id": question["id"], "error": str(error), "retry": False})
