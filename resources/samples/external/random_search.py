"""A scheduler of one's own in forty lines: random search, without any package. Copy it and put your idea where it says so.

tessera run simple --scheduler external --set 'command=["python3", "random_search.py"]' --time-limit 5s
"""
import json
import random
import sys
import time


def write(message):
    print(json.dumps(message), flush=True)  # one line each; unflushed lines would not arrive


def read():
    line = sys.stdin.readline()
    return json.loads(line) if line else {"type": "stop"}  # the end of the input: nobody listens any more


first = read()
problem, options = first["problem"], first["options"]
draw = random.Random(first["seed"])
limit = first["timeLimitMs"]
ends_at = time.monotonic() + (limit / 1000 if limit else 10)
population = options.get("population", 50)
able = {task["id"]: list(task["timesMs"]) for task in problem["tasks"]}

best = first["start"]["mapping"] if first["start"] else {task: draw.choice(where) for task, where in able.items()}
best_fitness = None
generation = 0
while time.monotonic() < ends_at:
    # Your idea goes here: a few schedules that might be better than the best.
    mappings = [best] + [
        {task: draw.choice(where) if draw.random() < 2 / len(able) else best[task] for task, where in able.items()}
        for _ in range(population - 1)
    ]
    write({"type": "solutions", "solutions": [{"mapping": mapping} for mapping in mappings]})
    answer = read()
    if answer["type"] == "stop":
        break
    for mapping, score in zip(mappings, answer["scores"]):
        if "fitness" in score and (best_fitness is None or score["fitness"] > best_fitness):
            best, best_fitness = mapping, score["fitness"]
            print(f"generation {generation}: {score['metrics']['makespanMs']:.3f} ms", file=sys.stderr)  # to the log
    generation += 1
write({"type": "done"})
