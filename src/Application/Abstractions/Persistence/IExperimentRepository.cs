using NeuroLab.Domain.Experiments;

namespace NeuroLab.Application.Abstractions.Persistence;

/// <summary>Experiments, for commands. Scoped with the unit of work; nothing is written before its commit.</summary>
public interface IExperimentRepository
{
    /// <summary>Adds an experiment and, where it has one, its result.</summary>
    void Add(Experiment experiment, ExperimentResult? result);

    /// <summary>Finds an experiment of a user; null where there is none, or it is another's.</summary>
    Task<Experiment?> FindAsync(Guid userId, Guid id, CancellationToken cancellationToken);

    /// <summary>Removes an experiment with its result.</summary>
    void Remove(Experiment experiment);
}
