using NeuroLab.IntegrationTests.Fixtures;

namespace NeuroLab.IntegrationTests.Coverage;

/// <summary>Every command of the product, run once, on SQLite.</summary>
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
    }

    public virtual async Task DisposeAsync()
    {
        if (_world is not null)
        {
            await _world.DisposeAsync();
        }
    }

    internal static IEnumerable<IRequestSample> Queries() => RequestSamples.Of(RequestSamples.Queries).Select(one => one.Sample);

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
