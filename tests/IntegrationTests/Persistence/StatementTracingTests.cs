using System.Diagnostics;
using NeuroLab.Infrastructure.Persistence;
using NeuroLab.IntegrationTests.Fixtures;
using Npgsql;

namespace NeuroLab.IntegrationTests.Persistence;

[Collection(PostgresCollection.Name)]
public sealed class StatementTracingTests(PostgresServer server) : IDisposable
{
    private readonly ActivitySource _requests = new("a request");
    private readonly List<Activity> _statements = [];

    public void Dispose() => _requests.Dispose();

    [Fact]
    public async Task Statements_OfNoRequest_HaveNoSpansAndThoseOfOneStandBelowIt()
    {
        var connectionString = await server.CreateDatabaseAsync();
        var database = new NpgsqlConnectionStringBuilder(connectionString).Database;
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == "Npgsql" || source == _requests,
            Sample = static (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
            ActivityStopped = activity =>
            {
                lock (_statements)
                {
                    _statements.Add(activity);
                }
            },
        };
        ActivitySource.AddActivityListener(listener);
        await using var source = DatabaseTarget.Named(connectionString, "traced");

        await SelectAsync(source);
        var ofNobody = Statements(database!).Count;
        using (var request = _requests.StartActivity("GET"))
        {
            await SelectAsync(source);
            Statements(database!).Should().NotBeEmpty().And.OnlyContain(statement => statement.TraceId == request!.TraceId);
        }

        ofNobody.Should().Be(0, "the journal is read four times a second, on every node");
    }

    private static async Task SelectAsync(NpgsqlDataSource source)
    {
        await using var command = source.CreateCommand("SELECT 1");
        await command.ExecuteScalarAsync();
    }

    /// <summary>Those of this database: other tests run beside this one.</summary>
    private List<Activity> Statements(string database)
    {
        lock (_statements)
        {
            return _statements.FindAll(activity => activity.Source.Name == "Npgsql" && activity.Tags.Any(tag => tag.Value?.Contains(database, StringComparison.Ordinal) == true));
        }
    }
}
