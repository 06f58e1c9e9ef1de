using NeuroLab.Domain.Experiments;

namespace NeuroLab.Application.Abstractions.Persistence;

/// <summary>Reads aggregates for dashboards. Thread-safe.</summary>
public interface IDashboardReader
{
    /// <summary>
    /// Runs several reads in one snapshot of the database. The whole function is run again on a transient fault, so it keeps nothing outside itself.
    /// </summary>
    /// <exception cref="Common.OriginUnavailableException">The database cannot be reached.</exception>
    Task<T> ReadAsync<T>(Guid userId, Func<IDashboardSnapshot, CancellationToken, Task<T>> read, CancellationToken cancellationToken);
}

/// <summary>One user's data as it stood at one moment. Valid inside the read it was given to; not thread-safe. All aggregates are computed by the database.</summary>
public interface IDashboardSnapshot
{
    /// <summary>The sections that failed so far.</summary>
    IReadOnlyList<string> FailedSections { get; }

    /// <summary>
    /// Reads a section that may fail alone: on a failure that is not transient its name is noted and the fallback returned, and the snapshot stays usable.
    /// </summary>
    Task<T> SectionAsync<T>(string name, Func<Task<T>> read, T fallback);

    /// <summary>Counts by type and status, of experiments created at or after a moment (null: all), of one type (null: all).</summary>
    /// <param name="since">Created at or after, UTC.</param>
    /// <param name="type">Of this type only.</param>
    /// <param name="recentSince">What counts as recent in <see cref="ExperimentCount.Recent"/>, UTC.</param>
    /// <param name="cancellationToken">Gives up.</param>
    Task<IReadOnlyList<ExperimentCount>> CountAsync(DateTime? since, ExperimentType? type, DateTime recentSince, CancellationToken cancellationToken);

    /// <summary>How many experiments created at or after a moment have a result.</summary>
    Task<int> CountWithResultsAsync(DateTime since, CancellationToken cancellationToken);

    /// <summary>Experiments a UTC day, oldest first; days without any are left out.</summary>
    Task<IReadOnlyList<DailyCount>> CountByDayAsync(DateTime? since, ExperimentType? type, CancellationToken cancellationToken);

    /// <summary>Means of each metric by type, over results of experiments that match.</summary>
    Task<IReadOnlyList<MetricMeans>> MeanMetricsAsync(DateTime? since, ExperimentType? type, CancellationToken cancellationToken);

    /// <summary>Means of each metric by UTC day and type, oldest first.</summary>
    Task<IReadOnlyList<DailyMetricMeans>> MeanMetricsByDayAsync(DateTime? since, ExperimentType? type, CancellationToken cancellationToken);

    /// <summary>The newest experiments created at or after a moment, with the metrics of their result; newest first.</summary>
    Task<IReadOnlyList<ExperimentWithMetrics>> RecentAsync(DateTime since, int limit, CancellationToken cancellationToken);
}

/// <summary>A count by type and status.</summary>
/// <param name="Type">The type.</param>
/// <param name="Status">The status.</param>
/// <param name="Count">How many.</param>
/// <param name="Recent">How many of these are recent.</param>
public sealed record ExperimentCount(ExperimentType Type, ExperimentStatus Status, int Count, int Recent);

/// <summary>A count by day.</summary>
/// <param name="Date">The UTC day.</param>
/// <param name="Count">How many.</param>
public sealed record DailyCount(DateOnly Date, int Count);

/// <summary>Mean metrics of one type. Never mixes types, so never units.</summary>
/// <param name="Type">The type.</param>
/// <param name="Means">The means: each field is the mean of that field over the results that have it.</param>
public sealed record MetricMeans(ExperimentType Type, ExperimentMetrics Means);

/// <summary>Mean metrics of one type on one day.</summary>
/// <param name="Date">The UTC day.</param>
/// <param name="Type">The type.</param>
/// <param name="Means">The means.</param>
public sealed record DailyMetricMeans(DateOnly Date, ExperimentType Type, ExperimentMetrics Means);

/// <summary>An experiment and the metrics of its result.</summary>
/// <param name="Experiment">The experiment.</param>
/// <param name="Metrics">The metrics; null where it has no result.</param>
public sealed record ExperimentWithMetrics(Experiment Experiment, ExperimentMetrics? Metrics);
