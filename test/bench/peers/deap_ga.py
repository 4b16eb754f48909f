"""DEAP's simple genetic algorithm (eaSimple, with its best carried over): 100 genomes, uniform crossover, random resetting, tournaments of 3."""
import random

from deap import base, creator, tools
from problem import Course

course = Course()
problem = course.problem
random.seed(course.first["seed"])
count = len(problem.tasks)
choices = [len(able) for able in problem.able] + [256] * count

creator.create("Fitness", base.Fitness, weights=(-1.0,))
creator.create("Individual", list, fitness=creator.Fitness)


def mutate(individual):
    for locus in range(len(individual)):
        if random.random() < 1 / len(individual):
            individual[locus] = random.randrange(choices[locus])


population = [creator.Individual(random.randrange(n) for n in choices) for _ in range(100)]
for individual in population:
    individual.fitness.values = (course.score(individual),)
while not course.is_over:
    best = tools.selBest(population, 1)
    children = [creator.Individual(parent) for parent in tools.selTournament(population, 99, tournsize=3)]
    for one, other in zip(children[::2], children[1::2]):
        if random.random() < 0.9:
            tools.cxUniform(one, other, 0.5)
    for child in children:
        mutate(child)
        child.fitness.values = (course.score(child),)
        if course.is_over:
            break
    population = best + [child for child in children if child.fitness.valid]
course.end()
