using NeuroLab.Application.Abstractions.Caching;
using NeuroLab.Application.Abstractions.Messaging;

namespace NeuroLab.ArchitectureTests.Violations.CachedQueries
{
    public enum Period
    {
        Week,
        Month,
    }

    public sealed record GoodAnswer(string Name, int? Count, IReadOnlyList<GoodPart> Parts, IReadOnlyDictionary<string, double> Means)
    {
        public required DateTime At { get; init; }
    }

    public sealed record GoodPart(Guid Id, Period Period, GoodPart? Next);

    public sealed record GoodQuery(Guid UserId, Guid ExperimentId, string? Text, int Limit, Period? Period) : ICacheableQuery<GoodAnswer>
    {
        public CacheKey Key => CacheKey.Owned("fixture", UserId, ExperimentId.ToString(), Text, $"{Limit}", Period?.ToString());

        public CachePolicy Policy => CachePolicy.Default;

        public CacheReadOptions ReadOptions { get; init; }
    }

    public sealed record WithSetter
    {
        public int Count { get; set; }
    }

    public sealed record WithSetterQuery(Guid UserId) : ICacheableQuery<WithSetter>
    {
        public CacheKey Key => CacheKey.Owned("fixture", UserId);

        public CachePolicy Policy => CachePolicy.Default;

        public CacheReadOptions ReadOptions { get; init; }
    }

    public sealed record WithListDeepInside(IReadOnlyList<WithList> Parts);

    public sealed record WithList(List<int> Values);

    public sealed record WithListQuery(Guid UserId) : ICacheableQuery<WithListDeepInside>
    {
        public CacheKey Key => CacheKey.Owned("fixture", UserId);

        public CachePolicy Policy => CachePolicy.Default;

        public CacheReadOptions ReadOptions { get; init; }
    }

    public sealed class NotARecord;

    public sealed record NotARecordQuery(Guid UserId) : ICacheableQuery<NotARecord>
    {
        public CacheKey Key => CacheKey.Owned("fixture", UserId);

        public CachePolicy Policy => CachePolicy.Default;

        public CacheReadOptions ReadOptions { get; init; }
    }

    public sealed record WithoutOwnerQuery(string Text) : ICacheableQuery<GoodPart>
    {
        public CacheKey Key => CacheKey.Of($"fixture:{Text}");

        public CachePolicy Policy => CachePolicy.Default;

        public CacheReadOptions ReadOptions { get; init; }
    }

    public sealed record OwnerNotInKeyQuery(Guid UserId, Guid ExperimentId) : ICacheableQuery<GoodPart>
    {
        public CacheKey Key => CacheKey.Owned("fixture", ExperimentId);

        public CachePolicy Policy => CachePolicy.Default;

        public CacheReadOptions ReadOptions { get; init; }
    }

    public sealed record LimitNotInKeyQuery(Guid UserId, int Limit) : ICacheableQuery<GoodPart>
    {
        public CacheKey Key => CacheKey.Owned("fixture", UserId);

        public CachePolicy Policy => CachePolicy.Default;

        public CacheReadOptions ReadOptions { get; init; }
    }

    public sealed record OptionsInKeyQuery(Guid UserId, CacheReadOptions ReadOptions) : ICacheableQuery<GoodPart>
    {
        public CacheKey Key => CacheKey.Owned("fixture", UserId, $"{ReadOptions.ForceRefresh}");

        public CachePolicy Policy => CachePolicy.Default;
    }

    public sealed record WithoutOptionsQuery(Guid UserId) : ICacheableQuery<GoodPart>
    {
        public CacheKey Key => CacheKey.Owned("fixture", UserId);

        public CachePolicy Policy => CachePolicy.Default;
    }

    public sealed record SetAndNotInKeyQuery(Guid UserId) : ICacheableQuery<GoodPart>
    {
        public string Text { get; init; } = "";

        public CacheKey Key => CacheKey.Owned("fixture", UserId);

        public CachePolicy Policy => CachePolicy.Default;

        public CacheReadOptions ReadOptions { get; init; }
    }

    public sealed record PolicyACallQuery(Guid UserId) : ICacheableQuery<GoodPart>
    {
        public CacheKey Key => CacheKey.Owned("fixture", UserId);

        public CachePolicy Policy => new();

        public CacheReadOptions ReadOptions { get; init; }
    }
}
