using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Text.Json.Serialization;
using NeuroLab.Application.Abstractions.Caching;
using NeuroLab.Application.Abstractions.Messaging;

namespace NeuroLab.ArchitectureTests.Violations.Answers
{
    public sealed record Whole(string Name, int? Count, IReadOnlyList<Whole> Parts, IReadOnlyDictionary<string, DateTime> Times, ImmutableArray<int> Numbers, ImmutableDictionary<string, int> Ranks)
    {
        public required TimeSpan Span { get; init; }

        public int Twice => 2 * (Count ?? 0);
    }

    public sealed record WholeQuery(Guid UserId) : ICacheableQuery<Whole>
    {
        public CacheKey Key => CacheKey.Owned("fixture", UserId);

        public CachePolicy Policy => CachePolicy.Default;
    }

    public sealed record WithIgnored(int Count)
    {
        [JsonIgnore]
        public string Note { get; init; } = "";
    }

    public sealed record IgnoredQuery(Guid UserId) : ICacheableQuery<WithIgnored>
    {
        public CacheKey Key => CacheKey.Owned("fixture", UserId);

        public CachePolicy Policy => CachePolicy.Default;
    }

    public sealed record WithAnything(object Value);

    public sealed record AnythingQuery(Guid UserId) : ICacheableQuery<WithAnything>
    {
        public CacheKey Key => CacheKey.Owned("fixture", UserId);

        public CachePolicy Policy => CachePolicy.Default;
    }

    public interface IShape
    {
        int Corners { get; }
    }

    public sealed record WithInterface(IShape Shape);

    public sealed record InterfaceQuery(Guid UserId) : ICacheableQuery<WithInterface>
    {
        public CacheKey Key => CacheKey.Owned("fixture", UserId);

        public CachePolicy Policy => CachePolicy.Default;
    }

    public sealed record WithSet(IReadOnlySet<string> Names);

    public sealed record SetQuery(Guid UserId) : ICacheableQuery<WithSet>
    {
        public CacheKey Key => CacheKey.Owned("fixture", UserId);

        public CachePolicy Policy => CachePolicy.Default;
    }

    public sealed record WithFrozen(FrozenSet<string> Names);

    public sealed record FrozenQuery(Guid UserId) : ICacheableQuery<WithFrozen>
    {
        public CacheKey Key => CacheKey.Owned("fixture", UserId);

        public CachePolicy Policy => CachePolicy.Default;
    }

    public sealed record WithoutWayBack
    {
        public WithoutWayBack(int number) => Count = number;

        public int Count { get; }
    }

    public sealed record WithoutWayBackQuery(Guid UserId) : ICacheableQuery<IReadOnlyList<WithoutWayBack>>
    {
        public CacheKey Key => CacheKey.Owned("fixture", UserId);

        public CachePolicy Policy => CachePolicy.Default;
    }
}
