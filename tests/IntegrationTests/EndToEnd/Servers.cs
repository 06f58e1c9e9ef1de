using NeuroLab.IntegrationTests.Fixtures;

namespace NeuroLab.IntegrationTests.EndToEnd;

/// <summary>A PostgreSQL and a Redis of these tests' own, which they stop and freeze as they like; and temporary folders.</summary>
public sealed class Servers : IAsyncLifetime
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("neurolab-e2e-");

    public PostgresServer Postgres { get; } = new();

    public RedisServer Redis { get; } = new();

    public async Task InitializeAsync() => await Task.WhenAll(Postgres.InitializeAsync(), Redis.InitializeAsync());

    public async Task DisposeAsync()
    {
        await Postgres.DisposeAsync();
        await Redis.DisposeAsync();
        _folder.Delete(recursive: true);
    }

    /// <summary>Settings of a service that waits for the database for long: a test decides when a statement ends.</summary>
    public static (string Name, string Value)[] Patient =>
        [("Cache__Database__AttemptTimeout", "00:01:00"), ("Cache__Database__TotalTimeout", "00:01:00"), ("Cache__HardTimeout", "00:01:00")];

    /// <summary>A setting of a service that waits for Redis for long: what is looked at is not what a Redis that is slow costs.</summary>
    public static (string Name, string Value) PatientWithRedis => ("Cache__Redis__HardTimeout", "00:00:05");

    /// <summary>Settings of a service on an SQLite file of its own, without Redis.</summary>
    public Dictionary<string, string> Embedded(params (string Name, string Value)[] more) =>
        With(new() { ["DATA_DIR"] = _folder.CreateSubdirectory(Guid.NewGuid().ToString("N")).FullName }, more);

    /// <summary>Settings of a service on a new PostgreSQL database, and Redis.</summary>
    public async Task<Dictionary<string, string>> SharedAsync(params (string Name, string Value)[] more)
    {
        var settings = Embedded();
        settings["ConnectionStrings__Postgres"] = await Postgres.CreateDatabaseAsync();
        settings["REDIS_URL"] = Redis.Url;
        // A busy machine takes its time to make the schema: who does not ask for another wait begins with it made.
        settings["Cache__Database__StartupWait"] = "00:00:45";
        return With(settings, more);
    }

    /// <summary>The first settings, with more of them or with others in their place.</summary>
    public static Dictionary<string, string> With(Dictionary<string, string> settings, (string Name, string Value)[] more)
    {
        foreach (var (name, value) in more)
        {
            settings[name] = value;
        }

        return settings;
    }
}

/// <summary>Tests of the whole service. They measure times, so nothing else runs beside them.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class EndToEndCollection : ICollectionFixture<Servers>
{
    public const string Name = "end to end";
}

/// <summary>Tests of the whole service that measure nothing: others may run beside them. What they do to their servers, they do to none of the others'.</summary>
[CollectionDefinition(Name)]
public sealed class ServersCollection : ICollectionFixture<Servers>
{
    public const string Name = "servers";
}
