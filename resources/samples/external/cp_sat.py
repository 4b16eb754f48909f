"""Google's CP-SAT as a scheduler beside Tessera's. Needs the package ortools (pip install ortools).

tessera run simple --scheduler external --set 'command=["python3", "cp_sat.py"]' --time-limit 30s

Every layer of every instance gets an optional interval on each element that can run it; an element runs as many at a time as it has units;
a dependency between processors waits for its transfer. Times are whole nanoseconds, rounded down, so that its bound holds for the
exact times, too. CP-SAT may leave an
element idle on purpose, which Tessera's dispatch never does: what is recorded is what dispatch makes of its mapping, with
priorities by the order of its starts, so the two makespans can differ; its own is written beside it.
"""
import json
import math
import sys
import threading

try:
    from ortools.sat.python import cp_model
except ImportError:
    sys.exit("cp_sat.py needs the Python package ortools, which is not installed here: python3 -m pip install ortools")

NS = 1_000_000  # units of time in a millisecond
lock = threading.Lock()


def write(message):
    with lock:
        print(json.dumps(message), flush=True)


first = json.loads(sys.stdin.readline())
problem, options = first["problem"], first["options"]
if problem["tickMs"] > 0 or problem["contendedLinks"]:
    sys.exit("cp_sat.py models neither dispatch ticks nor contended links, and this scenario has one of them")

tasks = {task["id"]: task for task in problem["tasks"]}
processors = problem["processors"]
processor_of = {element["id"]: processors.index(element["processor"]) for element in problem["elements"]}
ticks = lambda ms: math.floor(ms * NS + 1e-3)
horizon = sum(max(ticks(t) for t in tasks[job["task"]]["timesMs"].values()) for job in problem["jobs"])
horizon += sum(max(max(map(ticks, row)) for row in edge["transferMs"]) for edge in problem["edges"]) * (
    1 + max(job["instance"] for job in problem["jobs"])
)
horizon += max(ticks(job["releaseMs"]) for job in problem["jobs"])

model = cp_model.CpModel()
runs_on = {task: {e: model.new_bool_var("") for e in tasks[task]["timesMs"]} for task in tasks}
for choices in runs_on.values():
    model.add_exactly_one(choices.values())
# Which processor a task runs on: what transfers depend on.
on_processor = {}
for task, choices in runs_on.items():
    for p in range(len(processors)):
        here = [choices[e] for e in choices if processor_of[e] == p]
        if len(here) == 1:
            on_processor[task, p] = here[0]
        elif here:
            on_processor[task, p] = model.new_bool_var("")
            model.add(sum(here) == on_processor[task, p])

starts, ends = {}, {}
intervals = {element["id"]: [] for element in problem["elements"]}
for job in problem["jobs"]:
    key = job["task"], job["instance"]
    starts[key] = model.new_int_var(ticks(job["releaseMs"]), horizon, "")
    ends[key] = model.new_int_var(0, horizon, "")
    for element, here in runs_on[job["task"]].items():
        duration = ticks(tasks[job["task"]]["timesMs"][element])
        intervals[element].append(model.new_optional_interval_var(starts[key], duration, ends[key], here, ""))
for element in problem["elements"]:
    on = intervals[element["id"]]
    if element["units"] == 1:
        model.add_no_overlap(on)
    else:
        model.add_cumulative(on, [1] * len(on), element["units"])
for edge in problem["edges"]:
    for instance in [key[1] for key in starts if key[0] == edge["to"]]:
        before, after = ends[edge["from"], instance], starts[edge["to"], instance]
        model.add(after >= before)
        for p, row in enumerate(edge["transferMs"]):
            for q, transfer in enumerate(row):
                both = [on_processor.get((edge["from"], p)), on_processor.get((edge["to"], q))]
                if transfer > 0 and all(here is not None for here in both):
                    model.add(after >= before + ticks(transfer)).only_enforce_if(both)
makespan = model.new_int_var(0, horizon, "")
for end in ends.values():
    model.add(makespan >= end)
model.minimize(makespan)
if first["start"]:
    for task, element in first["start"]["mapping"].items():
        for other, here in runs_on[task].items():
            model.add_hint(here, int(other == element))


class Writer(cp_model.CpSolverSolutionCallback):
    def on_solution_callback(self):
        mapping = {t: next(e for e, here in c.items() if self.boolean_value(here)) for t, c in runs_on.items()}
        earliest = {t: min(self.value(starts[key]) for key in starts if key[0] == t) for t in tasks}
        order = sorted(tasks, key=earliest.get)
        # The earlier it starts, the higher: 255 … 0.
        priorities = {t: 255 - min(255, rank * 256 // len(order)) for rank, t in enumerate(order)}
        write({"type": "solution", "mapping": mapping, "priorities": priorities, "makespanMs": self.objective_value / NS})
        write({"type": "progress", "text": f"CP-SAT's own makespan {self.objective_value / NS:.4f} ms"})


solver = cp_model.CpSolver()
solver.parameters.random_seed = first["seed"] % 2**31
solver.parameters.num_workers = options.get("workers", 0)
if first["timeLimitMs"]:
    solver.parameters.max_time_in_seconds = first["timeLimitMs"] / 1000
writer = Writer()


def listen():  # scores need no answer; "stop", or the end of the input, does
    for line in sys.stdin:
        if json.loads(line)["type"] == "stop":
            break
    writer.stop_search()
    solver.stop_search()


threading.Thread(target=listen, daemon=True).start()
solver.best_bound_callback = lambda bound: write({"type": "bound", "makespanMs": max(0, bound / NS)})
status = solver.solve(model, writer)
print(f"CP-SAT: {solver.status_name(status)}, bound {solver.best_objective_bound / NS:.4f} ms", file=sys.stderr)
write({"type": "done"})
