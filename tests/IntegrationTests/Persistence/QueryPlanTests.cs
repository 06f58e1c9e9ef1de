using System.Text.RegularExpressions;
using NeuroLab.Application.Abstractions.Persistence;
using NeuroLab.Domain.Experiments;
using NeuroLab.IntegrationTests.Fixtures;
using Xunit.Abstractions;

namespace NeuroLab.IntegrationTests.Persistence;

/// <summary>How the databases answer the queries over 100,000 experiments of 100 users: by index, never by reading a whole table.</summary>
public abstract class QueryPlanTests(ITestOutputHelper output) : IAsyncLifetime
{
    private static readonly Guid User = new("00000000-0000-0000-0000-000000000042");

    private protected TestDatabase Db { get; private set; } = null!;

    private protected abstract string Explain { get; }

    /// <summary>What a line of a plan looks like that reads a whole table.</summary>
    private protected abstract string Forbidden { get; }

    private protected abstract IReadOnlyList<string> Seed { get; }

    public async Task InitializeAsync()
    {
        Db = await (await CreateAsync()).ReadyAsync();
        foreach (var statement in Seed)
        {
            await Db.QueryAsync(statement);
        }
    }

    public async Task DisposeAsync() => await Db.DisposeAsync();

    private protected abstract Task<TestDatabase> CreateAsync();

    [Fact]
    public async Task Plans_OfEveryQuery_UseAnIndex()
    {
        var (reader, dashboard, none) = (Db.Get<IExperimentReader>(), Db.Get<IDashboardReader>(), CancellationToken.None);
        var month = Sample.Noon.AddDays(-30);
        await ShowAsync("list", async () => (await reader.ListAsync(User, new ExperimentFilter(50, 100, null, null), none)).Total.Should().Be(1000));
        await ShowAsync("list by type and status", () => reader.ListAsync(User, new ExperimentFilter(50, 0, ExperimentType.Eeg, ExperimentStatus.Completed), none));
        await ShowAsync("summary", () => dashboard.ReadAsync(
            User, async (s, t) => (await s.CountAsync(null, null, month, t), await s.MeanMetricsAsync(null, null, t)), none));
        await ShowAsync("charts", () => dashboard.ReadAsync(
            User, async (s, t) => (await s.CountByDayAsync(month, null, t), await s.MeanMetricsByDayAsync(month, null, t)), none));
        await ShowAsync("recent", () => dashboard.ReadAsync(
            User, async (s, t) => (await s.RecentAsync(month, 10, t), await s.CountWithResultsAsync(month, t)), none));
        await ShowAsync("one experiment", () => reader.FindAsync(User, User, none));
    }

    private async Task ShowAsync(string name, Func<Task> query)
    {
        Db.Commands.Clear();
        await query();
        foreach (var (text, parameters) in Db.Commands.All)
        {
            await using var connection = await Db.OpenAsync();
            await using var command = connection.CreateCommand();
#pragma warning disable CA2100 // The product's own statements.
            command.CommandText = Explain + text;
#pragma warning restore CA2100
            foreach (var parameter in parameters)
            {
                command.Parameters.Add(parameter is ICloneable npgsql ? npgsql.Clone() : new Microsoft.Data.Sqlite.SqliteParameter(parameter.ParameterName, parameter.Value));
            }

            var plan = new List<string>();
            await using (var rows = await command.ExecuteReaderAsync())
            {
                while (await rows.ReadAsync())
                {
                    plan.Add(rows.GetString(rows.FieldCount - 1));
                }
            }

            output.WriteLine($"-- {name}\n{text}\n{string.Join('\n', plan)}\n");
            plan.Should().NotBeEmpty().And.NotContain(line => Regex.IsMatch(line, Forbidden), name);
        }
    }
}

public sealed class QueryPlansOnSqliteTests(ITestOutputHelper output) : QueryPlanTests(output)
{
    private protected override string Explain => "EXPLAIN QUERY PLAN ";

    private protected override string Forbidden => "^SCAN [er]( |$)";

    private protected override IReadOnlyList<string> Seed =>
    [
        """
        WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 99)
        INSERT INTO users SELECT printf('00000000-0000-0000-0000-%012d', i), i, i, i, '', 0, '2026-01-01 00:00:00' FROM n
        """,
        """
        WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 99999)
        INSERT INTO experiments (id, user_id, name, experiment_type, status, parameters, created_at, updated_at)
        SELECT printf('00000000-0000-0000-0001-%012d', i), printf('00000000-0000-0000-0000-%012d', i % 100), 'x',
               CASE i / 100 % 4 WHEN 0 THEN 'heart_rate' WHEN 1 THEN 'reaction_time' WHEN 2 THEN 'memory' ELSE 'eeg' END,
               CASE i / 100 % 10 WHEN 0 THEN 'failed' ELSE 'completed' END,
               '{"type":"heart_rate","durationMinutes":5,"baselineBpm":75}', datetime('2026-03-15 12:00:00', '-' || (i / 100) || ' hours'), '2026-03-15 12:00:00' FROM n
        """,
        """
        INSERT INTO results (id, experiment_id, user_id, mean, std_dev, min, max, analysis_summary, created_at, data_points)
        SELECT id, id, user_id, 70, 7, 60, 80, 'x', created_at, '[]' FROM experiments WHERE status = 'completed'
        """,
        "ANALYZE",
    ];

    private protected override Task<TestDatabase> CreateAsync() => Task.FromResult(TestDatabase.Sqlite());
}

[Collection(PostgresCollection.Name)]
public sealed class QueryPlansOnPostgresTests(PostgresServer server, ITestOutputHelper output) : QueryPlanTests(output)
{
    private protected override string Explain => "EXPLAIN (ANALYZE, COSTS OFF) ";

    private protected override string Forbidden => "Seq Scan";

    private protected override IReadOnlyList<string> Seed =>
    [
        """
        INSERT INTO users SELECT ('00000000-0000-0000-0000-' || lpad(i::text, 12, '0'))::uuid, i, i, i, '', false, '2026-01-01Z' FROM generate_series(0, 99) i
        """,
        """
        INSERT INTO experiments (id, user_id, name, experiment_type, status, parameters, created_at, updated_at)
        SELECT ('00000000-0000-0000-0001-' || lpad(i::text, 12, '0'))::uuid, ('00000000-0000-0000-0000-' || lpad((i % 100)::text, 12, '0'))::uuid, 'x',
               (ARRAY['heart_rate', 'reaction_time', 'memory', 'eeg'])[i / 100 % 4 + 1], CASE i / 100 % 10 WHEN 0 THEN 'failed' ELSE 'completed' END,
               '{"type":"heart_rate","durationMinutes":5,"baselineBpm":75}', timestamptz '2026-03-15 12:00:00Z' - i / 100 * interval '1 hour', now()
        FROM generate_series(0, 99999) i
        """,
        """
        INSERT INTO results (id, experiment_id, user_id, mean, std_dev, min, max, analysis_summary, created_at, data_points)
        SELECT id, id, user_id, 70, 7, 60, 80, 'x', created_at, '[]' FROM experiments WHERE status = 'completed'
        """,
        "VACUUM ANALYZE",
    ];

    private protected override async Task<TestDatabase> CreateAsync() => TestDatabase.Postgres(await server.CreateDatabaseAsync());
}
