using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;
using NeuroLab.Application.Abstractions.Persistence;
using NeuroLab.Domain.Experiments;

namespace NeuroLab.Infrastructure.Persistence;

/// <summary>
/// Sections stand behind savepoints: on PostgreSQL a failed statement would take the whole transaction with it. Every aggregate is one statement, and
/// none touches data points.
/// </summary>
internal sealed class DashboardSnapshot(NeuroLabDbContext context, IDbContextTransaction transaction, Guid userId) : IDashboardSnapshot
{
    private const string Savepoint = "section";

    private readonly List<string> _failed = [];

    public IReadOnlyList<string> FailedSections => _failed;

    public async Task<T> SectionAsync<T>(string name, Func<Task<T>> read, T fallback)
    {
        await transaction.CreateSavepointAsync(Savepoint);
        try
        {
            return await read();
        }
#pragma warning disable CA1031 // A section may fail by any cause of its own; those that concern the whole read are let through.
        catch (Exception e) when (e is not OperationCanceledException && !DatabaseFaults.IsTransient(e))
#pragma warning restore CA1031
        {
            await transaction.RollbackToSavepointAsync(Savepoint);
            _failed.Add(name);
            return fallback;
        }
    }

    public async Task<IReadOnlyList<ExperimentCount>> CountAsync(DateTime? since, ExperimentType? type, DateTime recentSince, CancellationToken cancellationToken)
    {
        var rows = await Matching(since, type)
            .GroupBy(e => new { e.Type, e.Status })
            .Select(g => new { g.Key.Type, g.Key.Status, Count = g.Count(), Recent = g.Count(e => e.CreatedAt >= recentSince) })
            .ToListAsync(cancellationToken);
        return rows.ConvertAll(r => new ExperimentCount(r.Type, r.Status, r.Count, r.Recent));
    }

    public Task<int> CountWithResultsAsync(DateTime since, CancellationToken cancellationToken) =>
        Matching(since, null).Join(context.ResultsOf(userId), e => e.Id, r => r.ExperimentId, (e, r) => r.Id).CountAsync(cancellationToken);

    public async Task<IReadOnlyList<DailyCount>> CountByDayAsync(DateTime? since, ExperimentType? type, CancellationToken cancellationToken)
    {
        var rows = await Matching(since, type)
            .GroupBy(e => DateOnly.FromDateTime(e.CreatedAt))
            .Select(g => new { Date = g.Key, Count = g.Count() })
            .OrderBy(r => r.Date)
            .ToListAsync(cancellationToken);
        return rows.ConvertAll(r => new DailyCount(r.Date, r.Count));
    }

    public async Task<IReadOnlyList<MetricMeans>> MeanMetricsAsync(DateTime? since, ExperimentType? type, CancellationToken cancellationToken)
    {
        var rows = await Measured(since, type)
            .GroupBy(m => m.Type)
            .Select(g => new
            {
                Type = g.Key,
                Mean = g.Average(m => m.Metrics.Mean),
                StdDev = g.Average(m => m.Metrics.StdDev),
                Min = g.Average(m => m.Metrics.Min),
                Max = g.Average(m => m.Metrics.Max),
                Accuracy = g.Average(m => m.Metrics.Accuracy),
                AvgResponseTime = g.Average(m => m.Metrics.AvgResponseTime),
                AlphaAvg = g.Average(m => m.Metrics.AlphaAvg),
                BetaAvg = g.Average(m => m.Metrics.BetaAvg),
                ThetaAvg = g.Average(m => m.Metrics.ThetaAvg),
                DeltaAvg = g.Average(m => m.Metrics.DeltaAvg),
            })
            .ToListAsync(cancellationToken);
        return rows.ConvertAll(r => new MetricMeans(
            r.Type, Metrics(r.Mean, r.StdDev, r.Min, r.Max, r.Accuracy, r.AvgResponseTime, r.AlphaAvg, r.BetaAvg, r.ThetaAvg, r.DeltaAvg)));
    }

    public async Task<IReadOnlyList<DailyMetricMeans>> MeanMetricsByDayAsync(DateTime? since, ExperimentType? type, CancellationToken cancellationToken)
    {
        var rows = await Measured(since, type)
            .GroupBy(m => new { Date = DateOnly.FromDateTime(m.CreatedAt), m.Type })
            .Select(g => new
            {
                g.Key.Date,
                g.Key.Type,
                Mean = g.Average(m => m.Metrics.Mean),
                StdDev = g.Average(m => m.Metrics.StdDev),
                Min = g.Average(m => m.Metrics.Min),
                Max = g.Average(m => m.Metrics.Max),
                Accuracy = g.Average(m => m.Metrics.Accuracy),
                AvgResponseTime = g.Average(m => m.Metrics.AvgResponseTime),
                AlphaAvg = g.Average(m => m.Metrics.AlphaAvg),
                BetaAvg = g.Average(m => m.Metrics.BetaAvg),
                ThetaAvg = g.Average(m => m.Metrics.ThetaAvg),
                DeltaAvg = g.Average(m => m.Metrics.DeltaAvg),
            })
            .OrderBy(r => r.Date).ThenBy(r => r.Type)
            .ToListAsync(cancellationToken);
        return rows.ConvertAll(r => new DailyMetricMeans(
            r.Date, r.Type, Metrics(r.Mean, r.StdDev, r.Min, r.Max, r.Accuracy, r.AvgResponseTime, r.AlphaAvg, r.BetaAvg, r.ThetaAvg, r.DeltaAvg)));
    }

    public async Task<IReadOnlyList<ExperimentWithMetrics>> RecentAsync(DateTime since, int limit, CancellationToken cancellationToken)
    {
        var newest = Matching(since, null).OrderByDescending(e => e.CreatedAt).ThenByDescending(e => e.Id).Take(limit);
        var rows = await (
            from experiment in newest
            join result in context.Results on experiment.Id equals result.ExperimentId into results
            from result in results.DefaultIfEmpty()
            orderby experiment.CreatedAt descending, experiment.Id descending
            select new
            {
                Experiment = experiment,
                Mean = (double?)result.Metrics.Mean,
                StdDev = (double?)result.Metrics.StdDev,
                Min = (double?)result.Metrics.Min,
                Max = (double?)result.Metrics.Max,
                result.Metrics.Accuracy,
                result.Metrics.AvgResponseTime,
                result.Metrics.AlphaAvg,
                result.Metrics.BetaAvg,
                result.Metrics.ThetaAvg,
                result.Metrics.DeltaAvg,
            }).ToListAsync(cancellationToken);
        return rows.ConvertAll(r => new ExperimentWithMetrics(r.Experiment, r is { Mean: { } mean, StdDev: { } deviation, Min: { } min, Max: { } max }
            ? Metrics(mean, deviation, min, max, r.Accuracy, r.AvgResponseTime, r.AlphaAvg, r.BetaAvg, r.ThetaAvg, r.DeltaAvg)
            : null));
    }

    private IQueryable<Experiment> Matching(DateTime? since, ExperimentType? type)
    {
        var matching = context.Experiments.Where(e => e.UserId == userId);
        if (since is { } moment)
        {
            matching = matching.Where(e => e.CreatedAt >= moment);
        }

        if (type is { } one)
        {
            matching = matching.Where(e => e.Type == one);
        }

        return matching;
    }

    private IQueryable<Measurement> Measured(DateTime? since, ExperimentType? type) =>
        Matching(since, type).Join(
            context.ResultsOf(userId),
            e => e.Id,
            r => r.ExperimentId,
            (e, r) => new Measurement { Type = e.Type, CreatedAt = e.CreatedAt, Metrics = r.Metrics });

    private static ExperimentMetrics Metrics(
        double mean, double stdDev, double min, double max, double? accuracy, double? responseTime, double? alpha, double? beta, double? theta, double? delta) => new()
    {
        Mean = mean,
        StdDev = stdDev,
        Min = min,
        Max = max,
        Accuracy = accuracy,
        AvgResponseTime = responseTime,
        AlphaAvg = alpha,
        BetaAvg = beta,
        ThetaAvg = theta,
        DeltaAvg = delta,
    };

    private sealed class Measurement
    {
        public required ExperimentType Type { get; init; }

        public required DateTime CreatedAt { get; init; }

        public required ExperimentMetrics Metrics { get; init; }
    }
}
