using NeuroLab.Application.Abstractions.Caching;

namespace NeuroLab.Application.Experiments;

/// <summary>What any change to an experiment makes out of date: its owner's dashboards, lists and items.</summary>
internal static class ExperimentInvalidations
{
    public static IReadOnlyList<Invalidation> Of(Guid userId) =>
    [
        Invalidation.OfPattern(CachePattern.Owned("dashboard", userId)),
        Invalidation.OfPattern(CachePattern.Owned("experiments", userId)),
    ];
}
