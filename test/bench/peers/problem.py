"""What DEAP and pymoo are given of a tessera-problem: an evaluator in plain Python, by the rules of the page "A scheduler of your own".

Genes: an element for each task (index into where it may run), then a priority for each task, 0 ... 255.
"""
import heapq
import json
import sys
import time


class Problem:
    def __init__(self, first):
        document = first["problem"]
        if document["tickMs"] > 0 or document["contendedLinks"]:
            sys.exit("neither dispatch ticks nor contended links are modelled here")
        self.tasks = [task["id"] for task in document["tasks"]]
        number = {task: index for index, task in enumerate(self.tasks)}
        processors = document["processors"]
        self.elements = [element["id"] for element in document["elements"]]
        self.processor = [processors.index(element["processor"]) for element in document["elements"]]
        self.units = [element["units"] for element in document["elements"]]
        place = {element: index for index, element in enumerate(self.elements)}
        self.times = [{place[e]: t for e, t in task["timesMs"].items()} for task in document["tasks"]]
        self.able = [sorted(times) for times in self.times]
        self.application_priority = [task["applicationPriority"] for task in document["tasks"]]
        self.jobs = [(number[job["task"]], job["instance"], job["releaseMs"]) for job in document["jobs"]]
        job_of = {(task, instance): index for index, (task, instance, _) in enumerate(self.jobs)}
        self.after = [[] for _ in self.jobs]
        self.waits_for = [0] * len(self.jobs)
        for edge in document["edges"]:
            producer, consumer = number[edge["from"]], number[edge["to"]]
            for task, instance, _ in self.jobs:
                if task == producer:
                    later = job_of[consumer, instance]
                    self.after[job_of[producer, instance]].append((later, edge["transferMs"]))
                    self.waits_for[later] += 1

    def makespan(self, genes):
        count = len(self.tasks)
        on = [self.able[task][genes[task] % len(self.able[task])] for task in range(count)]
        left, ready_at = list(self.waits_for), [release for _, _, release in self.jobs]
        free, waiting = list(self.units), [[] for _ in self.elements]
        events = [(release, 2, job) for job, (_, _, release) in enumerate(self.jobs) if left[job] == 0]
        heapq.heapify(events)
        now = 0.0
        while events:
            now = events[0][0]
            touched = set()
            while events and events[0][0] <= now:
                _, kind, job = heapq.heappop(events)
                task = self.jobs[job][0]
                element = on[task]
                touched.add(element)
                if kind == 2:
                    rank = (-self.application_priority[task], -genes[count + task], now, job)
                    heapq.heappush(waiting[element], rank)
                    continue
                free[element] += 1
                here = self.processor[element]
                for later, transfer in self.after[job]:
                    arrival = now + transfer[here][self.processor[on[self.jobs[later][0]]]]
                    ready_at[later] = max(ready_at[later], arrival)
                    left[later] -= 1
                    if left[later] == 0:
                        heapq.heappush(events, (ready_at[later], 2, later))
            for element in touched:
                while free[element] > 0 and waiting[element]:
                    job = heapq.heappop(waiting[element])[3]
                    free[element] -= 1
                    heapq.heappush(events, (now + self.times[self.jobs[job][0]][element], 0, job))
        return now

    def solution(self, genes):
        count = len(self.tasks)
        return {
            "mapping": {
                self.tasks[task]: self.elements[self.able[task][genes[task] % len(self.able[task])]]
                for task in range(count)
            },
            "priorities": {self.tasks[task]: int(genes[count + task]) for task in range(count)},
        }


class Course:
    """Writes every better schedule, and says when the CPU time is over."""

    def __init__(self):
        self.first = json.loads(sys.stdin.readline())
        self.problem = Problem(self.first)
        self.until = time.process_time() + self.first["timeLimitMs"] / 1000
        self.best = float("inf")

    @property
    def is_over(self):
        return time.process_time() >= self.until

    def score(self, genes):
        makespan = self.problem.makespan(genes)
        if makespan < self.best:
            self.best = makespan
            print(json.dumps({"type": "solution", **self.problem.solution(genes)}), flush=True)
        return makespan

    def end(self):
        print(json.dumps({"type": "done"}), flush=True)
