using NeuroLab.Application.CacheAdministration;
using NeuroLab.Infrastructure.Persistence;
using NeuroLab.IntegrationTests.Fixtures;

namespace NeuroLab.IntegrationTests.Persistence;

/// <summary>Where nodes that share PostgreSQL find each other.</summary>
[Collection(PostgresCollection.Name)]
public sealed class NodeRegistryTests(PostgresServer server) : IAsyncLifetime
{
    private static readonly CancellationToken None = CancellationToken.None;
    private TestDatabase _db = null!;
    private NodeRegistry _registry = null!;

    public async Task InitializeAsync()
    {
        _db = await TestDatabase.Postgres(await server.CreateDatabaseAsync()).ReadyAsync();
        _registry = new NodeRegistry(_db.Database);
    }

    public async Task DisposeAsync() => await _db.DisposeAsync();

    [Fact]
    public async Task ReadAsync_WhenNodesWereEntered_GivesThemAsTheyLastWereInTheOrderOfTheirStart()
    {
        var (old, young) = (Node("old", startedAt: 1), Node("young", startedAt: 2));
        await _registry.EnterAsync(young, None);
        await _registry.EnterAsync(old with { Name = "first" }, None);
        await _registry.EnterAsync(old, None);

        var nodes = await _registry.ReadAsync(None);

        nodes.Select(node => node with { SeenAt = default }).Should().Equal(old with { IsThis = false, SeenAt = default }, young with { IsThis = false, SeenAt = default });
        nodes.Should().OnlyContain(node => node.SeenAt > DateTime.UtcNow.AddMinutes(-1) && node.SeenAt.Kind == DateTimeKind.Utc, "that is when the database saw it");
    }

    [Fact]
    public async Task LeaveAsync_Always_TakesThatNodeOut()
    {
        var (one, two) = (Node("one", 1), Node("two", 2));
        await _registry.EnterAsync(one, None);
        await _registry.EnterAsync(two, None);

        await _registry.LeaveAsync(one.Id, None);

        (await _registry.ReadAsync(None)).Select(node => node.Id).Should().Equal(two.Id);
    }

    [Fact]
    public async Task EnterAsync_WhenANodeHasNotBeenEnteredForAMinute_DropsIt()
    {
        var (gone, here) = (Node("gone", 1), Node("here", 2));
        await _registry.EnterAsync(gone, None);
        await _db.QueryAsync("UPDATE cache_nodes SET seen_at = now() - interval '45 seconds'");
        (await _registry.ReadAsync(None)).Should().ContainSingle();
        await _db.QueryAsync("UPDATE cache_nodes SET seen_at = now() - interval '61 seconds'");
        (await _registry.ReadAsync(None)).Should().BeEmpty();

        await _registry.EnterAsync(here, None);

        (await _db.QueryAsync("SELECT id FROM cache_nodes")).Should().Equal(here.Id.ToString("D"));
    }

    [Fact]
    public async Task ReadAsync_WhenAnotherVersionWroteIt_LeavesOutWhatIsNoNodeAndPassesOverWhatItDoesNotKnow()
    {
        var node = Node("later", 1);
        await _registry.EnterAsync(node, None);
        await _db.QueryAsync("""UPDATE cache_nodes SET status = status || '{"later": 1}'""");
        await _db.QueryAsync($$"""INSERT INTO cache_nodes (id, seen_at, status) VALUES ('{{Guid.NewGuid():D}}', now(), '{"name": "earlier"}')""");
        await _db.QueryAsync($$"""INSERT INTO cache_nodes (id, seen_at, status) SELECT '{{Guid.NewGuid():D}}', now(), status || '{"memory": null}' FROM cache_nodes WHERE id = '{{node.Id:D}}'""");

        (await _registry.ReadAsync(None)).Select(one => one.Id).Should().Equal(node.Id);
    }

    [Fact]
    public async Task IsShared_OnSqlite_IsNot()
    {
        await using var sqlite = TestDatabase.Sqlite();

        (new NodeRegistry(sqlite.Database).IsShared, _registry.IsShared).Should().Be((false, true));
    }

    private static NodeStatus Node(string name, int startedAt) => new(
        Guid.NewGuid(),
        name,
        IsThis: true,
        new DateTime(2026, 11, startedAt, 0, 0, 0, DateTimeKind.Utc),
        new DateTime(2026, 11, 3, 0, 0, 0, DateTimeKind.Utc),
        CacheRequestStatistics.Of(1, 2, 3, 4, 5, 6, 7, 8),
        new StaleAnswerCounts(1, 2, 3, 4),
        new NodeLatencies(new LatencyQuantiles(0.5, 1.5), new LatencyQuantiles(null, null)),
        new NodeMemory(1, 2, 3, 4, 5),
        new NodeJournal(42, null, true, 1),
        new NodeStore("healthy", "closed"),
        new NodeStore("disabled", null));
}
