using NeuroLab.Domain.Experiments;
using NeuroLab.Infrastructure.Caching.Journal;
using NeuroLab.Infrastructure.Persistence;
using NeuroLab.IntegrationTests.Fixtures;
using NeuroLab.IntegrationTests.Persistence;

namespace NeuroLab.IntegrationTests.Coverage;

/// <summary>Everything of the product that writes for users, run once, on SQLite: every command, and what inserts sample data.</summary>
public class CoverageRuns : IAsyncLifetime
{
    private readonly List<CommandRun> _runs = [];
    private CoverageWorld? _world;

    internal IReadOnlyList<CommandRun> Runs => _runs;

    public virtual async Task InitializeAsync()
    {
        _world = await CoverageWorld.StartAsync(await ConnectionStringAsync());
        foreach (var (command, sample) in RequestSamples.Of(RequestSamples.Commands))
        {
            try
            {
                _runs.Add(await CommandRun.OfAsync(_world, sample, Queries()));
            }
            catch (Exception exception)
            {
                throw new InvalidOperationException($"{sample.GetType().Name} could not be run: {command.Name}, or a query around it, failed with the sample's input.", exception);
            }
        }

        _runs.Add(await BulkWriteAsync(_world));
    }

    public virtual async Task DisposeAsync()
    {
        if (_world is not null)
        {
            await _world.DisposeAsync();
        }
    }

    private static IEnumerable<IRequestSample> Queries() => RequestSamples.Of(RequestSamples.Queries).Select(one => one.Sample);

    private static async Task<CommandRun> BulkWriteAsync(CoverageWorld world)
    {
        var user = await world.AddUserAsync();
        var experiment = Experiment.Start(Guid.NewGuid(), user.Id, "Sample data", Sample.Parameters(ExperimentType.Memory), world.Now);
        experiment.Complete(world.Now);
        return await CommandRun.OfAsync(
            world,
            typeof(BulkWriter),
            user,
            async () =>
            {
                await world.Database.Get<BulkWriter>().AddAsync([(experiment, Sample.Result(experiment))], CancellationToken.None);

                // It writes in a process of its own: a node learns of it when it reads the journal.
                await world.Database.Get<JournalFollower>().CatchUpAsync();
            },
            Queries());
    }

    protected virtual Task<string?> ConnectionStringAsync() => Task.FromResult<string?>(null);
}

/// <summary>The same on PostgreSQL.</summary>
public sealed class PostgresCoverageRuns : CoverageRuns
{
    private readonly PostgresServer _server = new();

    public override async Task InitializeAsync()
    {
        await _server.InitializeAsync();
        await base.InitializeAsync();
    }

    public override async Task DisposeAsync()
    {
        await base.DisposeAsync();
        await _server.DisposeAsync();
    }

    protected override async Task<string?> ConnectionStringAsync() => await _server.CreateDatabaseAsync();
}
