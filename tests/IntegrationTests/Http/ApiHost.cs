using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using MediatR;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using NeuroLab.Application.Accounts;
using NeuroLab.IntegrationTests.Fixtures;

namespace NeuroLab.IntegrationTests.Http;

/// <summary>The whole service, in this process, on a real database.</summary>
public abstract class ApiHost : IAsyncLifetime
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("neurolab-http-");
    private WebApplicationFactory<Program>? _factory;
    private ApiUser? _idle;

    public HttpClient Anonymous { get; private set; } = null!;

    /// <summary>The clock that the service goes by; null for the machine's.</summary>
    public TimeProvider? Clock { get; init; }

    public IServiceProvider Services => _factory!.Services;

    public virtual async Task InitializeAsync()
    {
        var settings = new Dictionary<string, string> { ["DATA_DIR"] = _folder.FullName, ["RATE_LIMIT_PER_MINUTE"] = "0" };
        await ConfigureAsync(settings);
        _factory = new WebApplicationFactory<Program>().WithWebHostBuilder(builder =>
        {
            foreach (var (name, value) in settings)
            {
                builder.UseSetting(name, value);
            }

            builder.ConfigureLogging(logging => logging.ClearProviders());
            if (Clock is { } clock)
            {
                builder.ConfigureTestServices(services => services.AddSingleton(clock));
            }

            builder.ConfigureTestServices(Replace);
        });
        Anonymous = NewClient();
        await ReadyAsync();
    }

    public virtual async Task DisposeAsync()
    {
        if (_factory is not null)
        {
            await _factory.DisposeAsync();
        }

        _folder.Delete(recursive: true);
    }

    /// <summary>Somebody who never has anything: for requests that must store nothing.</summary>
    public async Task<ApiUser> IdleUserAsync() => _idle ??= await NewUserAsync("Idle");

    public HttpClient NewClient() => _factory!.CreateClient(new WebApplicationFactoryClientOptions { AllowAutoRedirect = false });

    /// <summary>Registers somebody new and signs in.</summary>
    public async Task<ApiUser> NewUserAsync(string username = "Somebody", bool admin = false)
    {
        var email = $"user-{Guid.NewGuid():N}@example.org";
        var registered = await Anonymous.PostAsJsonAsync("/api/auth/register", new { email, username, password = ApiUser.Password });
        registered.StatusCode.Should().Be(System.Net.HttpStatusCode.Created);
        if (admin)
        {
            await using var scope = Services.CreateAsyncScope();
            await scope.ServiceProvider.GetRequiredService<IMediator>().Send(new GrantAdmin(email));
        }

        return await SignInAsync(email, ApiUser.Password);
    }

    /// <summary>Signs in.</summary>
    public async Task<ApiUser> SignInAsync(string email, string password)
    {
        var answer = await Anonymous.PostAsJsonAsync("/api/auth/login", new { email, password });
        answer.StatusCode.Should().Be(System.Net.HttpStatusCode.OK);
        var session = await answer.Content.ReadFromJsonAsync<JsonElement>();
        var client = NewClient();
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", session.Text("access_token"));
        var me = await client.GetFromJsonAsync<JsonElement>("/api/auth/me");
        return new ApiUser(client, me.GetProperty("id").GetGuid(), email, session.Text("refresh_token"));
    }

    /// <summary>A start does not wait for PostgreSQL to the end; a test does.</summary>
    private async Task ReadyAsync()
    {
        var started = TimeProvider.System.GetTimestamp();
        while (true)
        {
            using var health = await Anonymous.GetAsync("/api/dashboard/health/database");
            using var probe = await Anonymous.PostAsJsonAsync("/api/auth/refresh", new { refresh_token = "none" });
            if (health.IsSuccessStatusCode && probe.StatusCode == System.Net.HttpStatusCode.Unauthorized)
            {
                return;
            }

            TimeProvider.System.GetElapsedTime(started).Should().BeLessThan(TimeSpan.FromSeconds(60), "the database comes up in that time");
            await Task.Delay(20);
        }
    }

    protected virtual Task ConfigureAsync(Dictionary<string, string> settings) => Task.CompletedTask;

    /// <summary>Replaces services by others.</summary>
    protected virtual void Replace(IServiceCollection services)
    {
    }
}

/// <summary>On SQLite, memory only.</summary>
public sealed class SqliteApi : ApiHost
{
    public const string AdminKey = "a-key-for-the-tests-0123456789";

    protected override Task ConfigureAsync(Dictionary<string, string> settings)
    {
        settings["Authentication:AdminApiKey"] = AdminKey;
        return Task.CompletedTask;
    }
}

/// <summary>On PostgreSQL, with Redis.</summary>
public sealed class ServersApi : ApiHost
{
    public PostgresServer Postgres { get; } = new();

    public RedisServer Redis { get; } = new();

    /// <summary>Settings beside the usual ones.</summary>
    public IReadOnlyDictionary<string, string> More { get; init; } = new Dictionary<string, string>();

    public override async Task InitializeAsync()
    {
        await Task.WhenAll(Postgres.InitializeAsync(), Redis.InitializeAsync());
        await base.InitializeAsync();
    }

    public override async Task DisposeAsync()
    {
        await base.DisposeAsync();
        await Postgres.DisposeAsync();
        await ((IAsyncLifetime)Redis).DisposeAsync();
    }

    protected override async Task ConfigureAsync(Dictionary<string, string> settings)
    {
        settings["ConnectionStrings:Postgres"] = await Postgres.CreateDatabaseAsync();
        settings["REDIS_URL"] = Redis.Url;

        // What is not about time is not to fail by it: the machine runs everything, and may be slow.
        settings["Cache:Redis:HardTimeout"] = "00:00:05";
        settings["Cache:Database:ProbeTimeout"] = settings["Cache:Database:JournalTimeout"] = settings["Cache:JournalReadTimeout"] = "00:00:10";
        foreach (var (name, value) in More)
        {
            settings[name] = value;
        }
    }
}

[CollectionDefinition(Name)]
public sealed class SqliteApiCollection : ICollectionFixture<SqliteApi>
{
    public const string Name = "http, sqlite";
}

[CollectionDefinition(Name)]
public sealed class ServersApiCollection : ICollectionFixture<ServersApi>
{
    public const string Name = "http, postgresql and redis";
}
