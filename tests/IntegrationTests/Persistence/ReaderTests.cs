using Microsoft.EntityFrameworkCore;
using NeuroLab.Application.Abstractions.Persistence;
using NeuroLab.Domain.Accounts;
using NeuroLab.Domain.Experiments;
using NeuroLab.Infrastructure.Persistence;
using NeuroLab.IntegrationTests.Fixtures;

namespace NeuroLab.IntegrationTests.Persistence;

/// <summary>What the readers compute, against the same computed by hand over mixed data, on both databases.</summary>
public abstract class ReaderTests : IAsyncLifetime
{
    private readonly User _user = Sample.User();
    private readonly User _other = Sample.User();
    private readonly List<(Experiment Experiment, ExperimentResult? Result)> _all = [];

    private protected TestDatabase Db { get; private set; } = null!;

    private static CancellationToken None => CancellationToken.None;

    private IEnumerable<(Experiment Experiment, ExperimentResult? Result)> Own => _all.Where(e => e.Experiment.UserId == _user.Id);

    public async Task InitializeAsync()
    {
        Db = await (await CreateAsync()).ReadyAsync();
        var random = new Random(360);
        for (var i = 0; i < 300; i++)
        {
            // Some at the very edges of days, some at the same moment.
            var at = Sample.Noon.AddDays(-random.Next(40));
            at = (i % 5) switch
            {
                0 => at.Date,
                1 => at.Date.AddTicks(-10),
                2 => at,
                _ => at.AddTicks(random.Next(1_000_000) * TimeSpan.TicksPerMillisecond / 10 * 10),
            };
            var type = (ExperimentType)random.Next(4);
            var status = (ExperimentStatus)(1 + random.Next(3));
            var experiment = Sample.Experiment(i % 3 == 0 ? _other : _user, at, type, status, $"Experiment {i}");
            _all.Add((experiment, status == ExperimentStatus.Completed ? Sample.Result(experiment, 50 + (random.NextDouble() * 100)) : null));
        }

        var writer = Db.Get<BulkWriter>();
        await writer.AddAsync([_user, _other], None);
        await writer.AddAsync(_all, None);
    }

    public async Task DisposeAsync() => await Db.DisposeAsync();

    private protected abstract Task<TestDatabase> CreateAsync();

    public static TheoryData<int?, ExperimentType?> Filters => new()
    {
        { null, null }, { 7, null }, { 30, null }, { null, ExperimentType.Eeg }, { 30, ExperimentType.Memory }, { 0, ExperimentType.HeartRate },
    };

    [Theory]
    [MemberData(nameof(Filters))]
    public async Task CountAsync_MixedData_CountsByTypeAndStatus(int? days, ExperimentType? type)
    {
        var recent = Sample.Noon.AddDays(-7);

        var counts = await ReadAsync((s, token) => s.CountAsync(Since(days), type, recent, token));

        counts.Should().BeEquivalentTo(Matching(days, type).GroupBy(e => (e.Experiment.Type, e.Experiment.Status))
            .Select(g => new ExperimentCount(g.Key.Type, g.Key.Status, g.Count(), g.Count(e => e.Experiment.CreatedAt >= recent))));
    }

    [Theory]
    [MemberData(nameof(Filters))]
    public async Task CountByDayAsync_MixedData_CountsByUtcDayInOrder(int? days, ExperimentType? type)
    {
        var counts = await ReadAsync((s, token) => s.CountByDayAsync(Since(days), type, token));

        counts.Should().Equal(Matching(days, type).GroupBy(e => DateOnly.FromDateTime(e.Experiment.CreatedAt)).OrderBy(g => g.Key)
            .Select(g => new DailyCount(g.Key, g.Count())));
    }

    [Theory]
    [MemberData(nameof(Filters))]
    public async Task MeanMetricsAsync_MixedData_NeverMixesTypes(int? days, ExperimentType? type)
    {
        var means = await ReadAsync((s, token) => s.MeanMetricsAsync(Since(days), type, token));

        means.Should().BeEquivalentTo(
            Measured(days, type).GroupBy(e => e.Experiment.Type).Select(g => new MetricMeans(g.Key, Means(g.Select(e => e.Result!.Metrics)))), Nearly);
    }

    [Theory]
    [MemberData(nameof(Filters))]
    public async Task MeanMetricsByDayAsync_MixedData_GroupsByUtcDayAndType(int? days, ExperimentType? type)
    {
        var means = await ReadAsync((s, token) => s.MeanMetricsByDayAsync(Since(days), type, token));

        means.Should().BeEquivalentTo(
            Measured(days, type).GroupBy(e => (Day: DateOnly.FromDateTime(e.Experiment.CreatedAt), e.Experiment.Type))
                .Select(g => new DailyMetricMeans(g.Key.Day, g.Key.Type, Means(g.Select(e => e.Result!.Metrics)))),
            Nearly);
        means.Select(m => m.Date).Should().BeInAscendingOrder();
    }

    [Fact]
    public async Task CountWithResultsAsync_MixedData_CountsThoseWithAResult()
    {
        (await ReadAsync((s, token) => s.CountWithResultsAsync(Since(20)!.Value, token))).Should().Be(Measured(20, null).Count());
    }

    [Theory]
    [InlineData(40, 10)]
    [InlineData(3, 50)]
    public async Task RecentAsync_MixedData_ReturnsTheNewestWithTheirMetrics(int days, int limit)
    {
        var recent = await ReadAsync((s, token) => s.RecentAsync(Since(days)!.Value, limit, token));

        var byId = Own.ToDictionary(e => e.Experiment.Id);
        recent.Should().HaveCount(Math.Min(limit, Matching(days, null).Count()));
        recent.Should().OnlyContain(r => byId.ContainsKey(r.Experiment.Id) && r.Metrics == (byId[r.Experiment.Id].Result == null ? null : byId[r.Experiment.Id].Result!.Metrics));
        recent.Select(r => r.Experiment.CreatedAt).Should().Equal(Matching(days, null).Select(e => e.Experiment.CreatedAt).OrderDescending().Take(limit));
    }

    [Fact]
    public async Task ListAsync_PageByPage_ShowsEachOnceNewestFirst()
    {
        var reader = Db.Get<IExperimentReader>();
        var seen = new List<Experiment>();
        for (var offset = 0; ; offset += 17)
        {
            var page = await reader.ListAsync(_user.Id, new ExperimentFilter(17, offset, null, null), None);
            page.Total.Should().Be(Own.Count());
            if (page.Experiments.Count == 0)
            {
                break;
            }

            seen.AddRange(page.Experiments);
        }

        seen.Select(e => e.Id).Should().OnlyHaveUniqueItems().And.BeEquivalentTo(Own.Select(e => e.Experiment.Id));
        seen.Select(e => e.CreatedAt).Should().BeInDescendingOrder();
    }

    [Fact]
    public async Task ListAsync_Filtered_CountsAllThatMatch()
    {
        var page = await Db.Get<IExperimentReader>().ListAsync(_user.Id, new ExperimentFilter(5, 0, ExperimentType.Eeg, ExperimentStatus.Completed), None);

        page.Total.Should().Be(Own.Count(e => e.Experiment is { Type: ExperimentType.Eeg, Status: ExperimentStatus.Completed }));
        page.Experiments.Should().HaveCount(5).And.OnlyContain(e => e.Type == ExperimentType.Eeg && e.Status == ExperimentStatus.Completed);
    }

    [Fact]
    public async Task FindAsync_OwnAndOthers_ReturnsOnlyOwnAsItWasStored()
    {
        var reader = Db.Get<IExperimentReader>();
        foreach (var type in Enum.GetValues<ExperimentType>())
        {
            var (experiment, result) = Own.First(e => e.Experiment.Type == type && e.Result is not null);

            (await reader.FindAsync(_user.Id, experiment.Id, None)).Should().BeEquivalentTo(
                new ExperimentWithResult(experiment, result), o => o.ComparingByMembers<ExperimentWithResult>().ComparingByMembers<DataPoint>());
            (await reader.FindAsync(_other.Id, experiment.Id, None)).Should().BeNull();
        }

        (await reader.FindAsync(_user.Id, Own.First(e => e.Result is null).Experiment.Id, None))!.Result.Should().BeNull();
    }

    [Fact]
    public async Task ReadAsync_TheSummarysReads_TakeTwoStatements()
    {
        Db.Commands.Clear();

        await ReadAsync(async (s, token) =>
        {
            await s.SectionAsync("counts", () => s.CountAsync(null, null, Sample.Noon, token), []);
            return await s.SectionAsync("means", () => s.MeanMetricsAsync(null, null, token), []);
        });

        Db.Commands.Texts.Should().HaveCount(2).And.OnlyContain(t => !t.Contains("data_points"));
    }

    [Fact]
    public async Task SectionAsync_WhenOneFails_TheOthersAreStillRead()
    {
        var (counts, means, failed) = await ReadAsync(async (s, token) =>
        {
            var means = await s.SectionAsync("means", BreakAsync, -1);
            var counts = await s.SectionAsync("counts", () => s.CountAsync(null, null, Sample.Noon, token), []);
            return (counts, means, s.FailedSections);
        });

        means.Should().Be(-1);
        failed.Should().Equal("means");
        counts.Should().NotBeEmpty();

        Task<int> BreakAsync() => throw new InvalidOperationException("broken");
    }

    [Fact]
    public async Task SectionAsync_WhenAStatementFails_TheTransactionIsStillUsable()
    {
        await using (var context = Db.Database.CreateContext())
        {
            await context.Database.ExecuteSqlAsync($"ALTER TABLE results RENAME COLUMN accuracy TO accuracy_gone");
        }

        var (counts, failed) = await ReadAsync(async (s, token) =>
        {
            await s.SectionAsync("means", () => s.MeanMetricsAsync(null, null, token), []);
            return (await s.SectionAsync("counts", () => s.CountAsync(null, null, Sample.Noon, token), []), s.FailedSections);
        });

        failed.Should().Equal("means");
        counts.Should().NotBeEmpty();
    }

    [Fact]
    public async Task ReadAsync_WhileSomebodyWrites_SeesOneMoment()
    {
        var (first, second) = await ReadAsync(async (s, token) =>
        {
            var before = await s.CountAsync(null, null, Sample.Noon, token);
            await Db.Get<BulkWriter>().AddAsync([(Sample.Experiment(_user), null)], token);
            return (before, await s.CountAsync(null, null, Sample.Noon, token));
        });

        second.Should().BeEquivalentTo(first);
        (await ReadAsync((s, token) => s.CountAsync(null, null, Sample.Noon, token))).Sum(c => c.Count).Should().Be(first.Sum(c => c.Count) + 1);
    }

    private static FluentAssertions.Equivalency.EquivalencyAssertionOptions<T> Nearly<T>(FluentAssertions.Equivalency.EquivalencyAssertionOptions<T> options) => options
        .ComparingByMembers<T>().ComparingByMembers<ExperimentMetrics>()
        .Using<double>(c => c.Subject.Should().BeApproximately(c.Expectation, 1e-9)).WhenTypeIs<double>();

    private static ExperimentMetrics Means(IEnumerable<ExperimentMetrics> all)
    {
        var metrics = all.ToList();
        return new ExperimentMetrics
        {
            Mean = metrics.Average(m => m.Mean),
            StdDev = metrics.Average(m => m.StdDev),
            Min = metrics.Average(m => m.Min),
            Max = metrics.Average(m => m.Max),
            Accuracy = metrics.Average(m => m.Accuracy),
            AvgResponseTime = metrics.Average(m => m.AvgResponseTime),
            AlphaAvg = metrics.Average(m => m.AlphaAvg),
            BetaAvg = metrics.Average(m => m.BetaAvg),
            ThetaAvg = metrics.Average(m => m.ThetaAvg),
            DeltaAvg = metrics.Average(m => m.DeltaAvg),
        };
    }

    private static DateTime? Since(int? days) => days is { } d ? Sample.Noon.AddDays(-d) : null;

    private IEnumerable<(Experiment Experiment, ExperimentResult? Result)> Matching(int? days, ExperimentType? type) =>
        Own.Where(e => (days is null || e.Experiment.CreatedAt >= Since(days)) && (type is null || e.Experiment.Type == type));

    private IEnumerable<(Experiment Experiment, ExperimentResult? Result)> Measured(int? days, ExperimentType? type) => Matching(days, type).Where(e => e.Result is not null);

    private Task<T> ReadAsync<T>(Func<IDashboardSnapshot, CancellationToken, Task<T>> read) => Db.Get<IDashboardReader>().ReadAsync(_user.Id, read, None);
}

public sealed class ReadersOnSqliteTests : ReaderTests
{
    private protected override Task<TestDatabase> CreateAsync() => Task.FromResult(TestDatabase.Sqlite());
}

[Collection(PostgresCollection.Name)]
public sealed class ReadersOnPostgresTests(PostgresServer server) : ReaderTests
{
    private protected override async Task<TestDatabase> CreateAsync() => TestDatabase.Postgres(await server.CreateDatabaseAsync());
}
