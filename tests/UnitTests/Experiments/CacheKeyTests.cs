using System.Buffers;
using FsCheck;
using FsCheck.Fluent;
using NeuroLab.Application.Abstractions.Caching;
using NeuroLab.Application.Abstractions.Messaging;
using NeuroLab.Application.Dashboard;
using NeuroLab.Application.Experiments;

namespace NeuroLab.UnitTests.Experiments;

public sealed class CacheKeyTests
{
    private const string Pieces = "*?[]^\\:-%2Da1😀é'\"; ";
    private static readonly SearchValues<char> Special = SearchValues.Create("*?[]^\\");
    private static readonly Guid User = Guid.Parse("00000000-0000-0000-0000-000000000001");
    private static readonly Guid SimilarUser = Guid.Parse("00000000-0000-0000-0000-000000000010");

    [Fact]
    public void Key_WhenEachQuery_IsTheDocumentedText()
    {
        var id = Guid.NewGuid();

        new ListExperiments(User, 50, 0, null, "failed").Key.Value.Should().Be($"experiments:{User}:list:-:failed:50:0");
        new GetExperiment(User, id).Key.Value.Should().Be($"experiments:{User}:item:{id}");
        new GetDashboardSummary(User).Key.Value.Should().Be($"dashboard:{User}:summary");
        new GetDashboardCharts(User, "7d", null).Key.Value.Should().Be($"dashboard:{User}:charts:7d:-");
        new GetDashboardCharts(User, "all", "eeg").Key.Value.Should().Be($"dashboard:{User}:charts:all:eeg");
        new GetDashboardRecent(User, 10, 7).Key.Value.Should().Be($"dashboard:{User}:recent:7:10");
    }

    [Fact]
    public void Key_WhenOwnersAreSimilar_IsMatchedByItsOwnersPatternOnly()
    {
        var patterns = new CreateExperiment(User, "x", "eeg", null).Invalidations.Select(invalidation => invalidation.Text.TrimEnd('*')).ToList();

        QueriesOf(User).Should().OnlyContain(query => patterns.Any(prefix => query.Key.Value.StartsWith(prefix, StringComparison.Ordinal)));
        QueriesOf(SimilarUser).Should().OnlyContain(query => !patterns.Any(prefix => query.Key.Value.StartsWith(prefix, StringComparison.Ordinal)));
        patterns.Should().OnlyContain(prefix => IsFreeOfSpecials(prefix));
    }

    [Fact]
    public void Key_WhenReadOptionsDiffer_IsTheSame() =>
        (new GetDashboardSummary(User) { ReadOptions = new CacheReadOptions(ForceRefresh: true) }).Key.Should().Be(new GetDashboardSummary(User).Key);

    [Fact]
    public void Key_WhenAnythingElseDiffers_Differs()
    {
        var keys = new[] { User, SimilarUser }.SelectMany(QueriesOf).Select(query => query.Key.Value).ToList();

        keys.Should().OnlyHaveUniqueItems();
    }

    [Fact]
    public void Owned_WhenPartsHaveAnyText_NeverCollides()
    {
        // A small alphabet of what could be confused, so that near misses are common.
        var text = Gen.Elements(Pieces.EnumerateRunes().Select(rune => rune.ToString()).ToArray()).ListOf().Select(pieces => string.Concat(pieces.Take(3)));
        var part = Gen.Frequency((1, Gen.Constant<string?>(null)), (9, text.Select(value => (string?)value)));
        var parts = Gen.Choose(1, 3).SelectMany(count => part.ArrayOf(count)).ToArbitrary();
        Prop.ForAll(parts, parts, (first, second) =>
            first.SequenceEqual(second) == (CacheKey.Owned("area", User, first) == CacheKey.Owned("area", User, second)))
            .Check(Config.QuickThrowOnFailure.WithMaxTest(5_000));
    }

    [Fact]
    public void Owned_WhenPartsHaveAnyText_LeavesNoCharacterOfAPatternInTheKey() => Prop.ForAll(
        Gen.Elements(Pieces.EnumerateRunes().Select(rune => rune.ToString()).ToArray()).ListOf().Select(string.Concat).ToArbitrary(),
        text =>
        {
            var key = CacheKey.Owned("area", User, text).Value;
            return key.Count(c => c == ':') == 2 && IsFreeOfSpecials(key);
        }).QuickCheckThrowOnFailure();

    private static bool IsFreeOfSpecials(string text) => !text.AsSpan().ContainsAny(Special);

    private static IReadOnlyList<ICacheableQuery> QueriesOf(Guid user) =>
    [
        new ListExperiments(user, 50, 0, null, null),
        new ListExperiments(user, 50, 1, null, null),
        new ListExperiments(user, 51, 0, null, null),
        new ListExperiments(user, 50, 0, "eeg", null),
        new ListExperiments(user, 50, 0, null, "failed"),
        new GetExperiment(user, User),
        new GetExperiment(user, SimilarUser),
        new GetDashboardSummary(user),
        new GetDashboardCharts(user, "7d", null),
        new GetDashboardCharts(user, "all", null),
        new GetDashboardCharts(user, "7d", "memory"),
        new GetDashboardRecent(user, 1, 11),
        new GetDashboardRecent(user, 11, 1),
    ];
}
