using NeuroLab.Domain.Experiments;

namespace NeuroLab.Application.Abstractions.Persistence;

/// <summary>Reads experiments for queries. Thread-safe. Transient faults are retried; each call is one snapshot.</summary>
/// <remarks>Every member throws <see cref="Common.OriginUnavailableException"/> when the database cannot be reached.</remarks>
public interface IExperimentReader
{
    /// <summary>One page, newest first, and the count of all that match.</summary>
    Task<ExperimentPage> ListAsync(Guid userId, ExperimentFilter filter, CancellationToken cancellationToken);

    /// <summary>One experiment with its result; null where there is none, or it is another's.</summary>
    Task<ExperimentWithResult?> FindAsync(Guid userId, Guid id, CancellationToken cancellationToken);
}

/// <summary>Which experiments.</summary>
/// <param name="Limit">Page size, 1 to 100.</param>
/// <param name="Offset">How many to pass over; 0 or more.</param>
/// <param name="Type">Of this type only.</param>
/// <param name="Status">With this status only.</param>
public sealed record ExperimentFilter(int Limit, int Offset, ExperimentType? Type, ExperimentStatus? Status);

/// <summary>A page.</summary>
/// <param name="Experiments">Newest first.</param>
/// <param name="Total">How many match on all pages.</param>
public sealed record ExperimentPage(IReadOnlyList<Experiment> Experiments, int Total);

/// <summary>An experiment and its result.</summary>
/// <param name="Experiment">The experiment.</param>
/// <param name="Result">Its result; null where it has none.</param>
public sealed record ExperimentWithResult(Experiment Experiment, ExperimentResult? Result);
