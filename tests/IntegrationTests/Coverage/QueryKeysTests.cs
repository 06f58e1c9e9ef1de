using System.Globalization;
using NeuroLab.Application.Abstractions.Caching;
using NeuroLab.Application.Abstractions.Messaging;

namespace NeuroLab.IntegrationTests.Coverage;

/// <summary>What is tried as another question.</summary>
public sealed class QueryKeysTests
{
    [Fact]
    public void Of_WhateverTheTypeOfAParameter_VariesIt()
    {
        var user = Guid.NewGuid();

        // The question, each of its five other parameters varied alone, and all of them.
        QueryKeys.Of(new Question(user, Guid.NewGuid(), 1.5m, DateTimeOffset.UnixEpoch, TimeSpan.Zero, TimeOnly.MinValue, Parent: null), user).All.Should().HaveCount(7);
    }

    [Fact]
    public void Of_WhenAParameterIsOfATypeThatIsNotKnown_SaysWhatToTeach()
    {
        var keys = () => QueryKeys.Of(new ListQuestion(Guid.NewGuid(), ["memory"]), Guid.NewGuid());

        keys.Should().Throw<NotSupportedException>().WithMessage("*teach SampleValues*");
    }

    private sealed record Question(Guid UserId, Guid Id, decimal Amount, DateTimeOffset Since, TimeSpan Span, TimeOnly Time, Guid? Parent) : ICacheableQuery<int>
    {
        public CacheKey Key => CacheKey.Owned("planted", UserId, string.Create(CultureInfo.InvariantCulture, $"{Id} {Amount} {Since:O} {Span} {Time:O} {Parent}"));

        public CachePolicy Policy => CachePolicy.Default;

        public CacheReadOptions ReadOptions { get; init; }
    }

    private sealed record ListQuestion(Guid UserId, IReadOnlyList<string> Kinds) : ICacheableQuery<int>
    {
        public CacheKey Key => CacheKey.Owned("planted", UserId, string.Join(',', Kinds));

        public CachePolicy Policy => CachePolicy.Default;

        public CacheReadOptions ReadOptions { get; init; }
    }
}
