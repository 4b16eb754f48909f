"""pymoo's GA on integers: 100 genomes, uniform crossover and polynomial mutation with rounding repair, duplicates left out."""
import numpy as np
from problem import Course
from pymoo.algorithms.soo.nonconvex.ga import GA
from pymoo.core.problem import ElementwiseProblem
from pymoo.core.termination import Termination
from pymoo.operators.crossover.ux import UX
from pymoo.operators.mutation.pm import PM
from pymoo.operators.repair.rounding import RoundingRepair
from pymoo.operators.sampling.rnd import IntegerRandomSampling
from pymoo.optimize import minimize

course = Course()
count = len(course.problem.tasks)
highest = np.array([len(able) - 1 for able in course.problem.able] + [255] * count)


class Schedules(ElementwiseProblem):
    def __init__(self):
        super().__init__(n_var=2 * count, n_obj=1, xl=np.zeros(2 * count), xu=highest, vtype=int)

    def _evaluate(self, x, out, *args, **kwargs):
        out["F"] = course.score([int(gene) for gene in x])


class UntilTimeIsOver(Termination):
    def _update(self, algorithm):
        return 1.0 if course.is_over else 0.0


minimize(
    Schedules(),
    GA(
        pop_size=100,
        sampling=IntegerRandomSampling(),
        crossover=UX(),
        mutation=PM(vtype=float, repair=RoundingRepair()),
        eliminate_duplicates=True,
    ),
    UntilTimeIsOver(),
    seed=course.first["seed"],
)
course.end()
