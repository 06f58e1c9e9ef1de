using Microsoft.Extensions.Time.Testing;
using NeuroLab.Application.Abstractions.Caching;
using NeuroLab.Application.Common;
using NeuroLab.Infrastructure.Identity;
using NeuroLab.Infrastructure.Persistence;
using NeuroLab.IntegrationTests.Fixtures;

namespace NeuroLab.IntegrationTests.Persistence;

/// <summary>Signing keys that nodes share in the database.</summary>
public abstract class DatabaseSigningKeysTests : IAsyncLifetime
{
    private readonly FakeTimeProvider _clock = new(TimeProvider.System.GetUtcNow());

    private protected TestDatabase Db { get; private set; } = null!;

    private static CancellationToken None => CancellationToken.None;

    public async Task InitializeAsync() => Db = await (await CreateAsync()).ReadyAsync();

    public async Task DisposeAsync() => await Db.DisposeAsync();

    private protected abstract Task<TestDatabase> CreateAsync();

    [Fact]
    public async Task Read_WhenManyNodesStartAtOnce_GivesAllTheSameKey()
    {
        await using var other = await Db.AnotherNode().ReadyAsync();
        ISigningKeyStore[] stores = [Store(Db), Store(other)];

        var rings = await Task.WhenAll(Enumerable.Range(0, 8).Select(number => Task.Run(() => stores[number % 2].ReadAsync(None))));

        rings.Select(ring => ring.Keys.Single().Id).Distinct().Should().ContainSingle();
    }

    [Fact]
    public async Task Rotate_WhenTheKeyIsOfBefore_KeepsItAndAddsOne()
    {
        var before = await Db.Get<ServiceKeyStore>().GetOrCreateAsync("jwt-signing-key", SigningKey.NewKey, None);

        var (key, isNew) = await Store(Db).RotateAsync(None);

        isNew.Should().BeTrue();
        (key.ActivatesAt - _clock.UtcNow()).Should().BeCloseTo(KeyRing.ActivationDelay, TimeSpan.FromMinutes(1));
        var ring = await Store(Db).ReadAsync(None);
        ring.Keys.Select(one => one.Id).Should().Equal(new SigningKey(before, null).Id, key.Id);
        ring.Signing(_clock.UtcNow()).Bytes.Should().Equal(before);
    }

    [Fact]
    public async Task Rotate_WhenManyNodesRotateAtOnce_MakesOneKey()
    {
        await using var other = await Db.AnotherNode().ReadyAsync();
        ISigningKeyStore[] stores = [Store(Db), Store(other)];
        await stores[0].ReadAsync(None);

        var rotations = await Task.WhenAll(Enumerable.Range(0, 8).Select(number => Task.Run(() => stores[number % 2].RotateAsync(None))));

        rotations.Count(rotation => rotation.IsNew).Should().Be(1);
        rotations.Select(rotation => rotation.Key.Id).Distinct().Should().ContainSingle();
        (await stores[1].ReadAsync(None)).Keys.Should().HaveCount(2);
    }

    [Fact]
    public async Task RemoveRetired_WhenNoTokenOfAKeyCanLive_RemovesIt()
    {
        var store = Store(Db);
        await store.ReadAsync(None);
        var (second, _) = await store.RotateAsync(None);
        _clock.SetUtcNow(second.ActivatesAt + KeyRing.AcceptedFor - TimeSpan.FromSeconds(1));
        await store.RemoveRetiredAsync(None);
        (await store.ReadAsync(None)).Keys.Should().HaveCount(2);

        _clock.Advance(TimeSpan.FromSeconds(1));
        await store.RemoveRetiredAsync(None);

        (await store.ReadAsync(None)).Keys.Select(key => key.Id).Should().Equal(second.Id);
        (await store.RotateAsync(None)).IsNew.Should().BeTrue();
        (await Db.QueryAsync("SELECT name FROM service_keys WHERE name LIKE 'jwt%' ORDER BY name")).Should().Equal("jwt-signing-key:1", "jwt-signing-key:2");
    }

    [Fact]
    public async Task Read_WhenTheDatabaseIsNotReady_SaysSo()
    {
        await using var notReady = Db.AnotherNode();
        var read = () => Store(notReady).ReadAsync(None);

        (await read.Should().ThrowAsync<OriginUnavailableException>()).Which.Reason.Should().Be(StaleReason.OriginError);
    }

    private DatabaseSigningKeys Store(TestDatabase node) => new(node.Get<ServiceKeyStore>(), _clock, []);
}

public sealed class DatabaseSigningKeysOnSqliteTests : DatabaseSigningKeysTests
{
    private protected override Task<TestDatabase> CreateAsync() => Task.FromResult(TestDatabase.Sqlite());
}

[Collection(PostgresCollection.Name)]
public sealed class DatabaseSigningKeysOnPostgresTests(PostgresServer server) : DatabaseSigningKeysTests
{
    private protected override async Task<TestDatabase> CreateAsync() => TestDatabase.Postgres(await server.CreateDatabaseAsync());
}
