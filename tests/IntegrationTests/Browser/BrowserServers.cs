using System.Net;
using Microsoft.Playwright;
using NeuroLab.IntegrationTests.EndToEnd;

namespace NeuroLab.IntegrationTests.Browser;

/// <summary>One Chromium, and one service on PostgreSQL and Redis of its own with an administrator who has experiments of weeks, for all tests of the page.</summary>
public sealed class BrowserServers : IAsyncLifetime
{
    private Chromium? _chromium;
    private ServiceProcess? _service;
    private Dictionary<string, string> _settings = [];

    /// <summary>PostgreSQL and Redis, to stop and start; and settings for services of a test's own.</summary>
    public Servers Servers { get; } = new();

    /// <summary>The service's address.</summary>
    public Uri Address => _service!.Address;

    /// <summary>The connection string of the service's database.</summary>
    public string Database => _settings["ConnectionStrings__Postgres"];

    /// <summary>The administrator.</summary>
    public (string Email, string Password) Admin { get; private set; }

    /// <summary>The browser.</summary>
    internal IBrowser Browser => _chromium!.Browser;

    public async Task InitializeAsync()
    {
        await Servers.InitializeAsync();
        _settings = await Servers.SharedAsync(("RATE_LIMIT_PER_MINUTE", "0"));
        await AddAdminAsync();
        _service = await ServiceProcess.StartAsync(_settings);
        _chromium = await Chromium.LaunchAsync();
    }

    public async Task DisposeAsync()
    {
        if (_chromium is not null)
        {
            await _chromium.DisposeAsync();
        }

        if (_service is not null)
        {
            await _service.DisposeAsync();
        }

        await Servers.DisposeAsync();
    }

    /// <summary>Starts PostgreSQL again, and waits until the service uses it.</summary>
    internal async Task StartDatabaseAsync()
    {
        await Servers.Postgres.StartAsync();
        using var api = new Api(Address);
        await Until.AsWantedAsync(() => api.GetAsync("/api/dashboard/health/database"), answer => answer.Status == HttpStatusCode.OK, TimeSpan.FromSeconds(30));
    }

    /// <summary>Starts another node of the same service.</summary>
    internal Task<ServiceProcess> SecondNodeAsync() => ServiceProcess.StartAsync(Servers.With(new(_settings), [("DATA_DIR", Servers.Embedded()["DATA_DIR"])]));

    /// <summary>The newest completed experiment of the administrator's, of each type.</summary>
    /// <returns>Their ids, by the type in the order of the contract.</returns>
    internal async Task<IReadOnlyList<string>> ExperimentsAsync()
    {
        using var api = new Api(Address);
        await api.SignInAsync(Admin.Email, Admin.Password);
        var ids = new List<string>();
        foreach (var type in (string[])["heart_rate", "reaction_time", "memory", "eeg"])
        {
            var found = await api.GetAsync($"/api/experiments?limit=1&status=completed&experiment_type={type}");
            ids.Add(found.Member("experiments")[0].GetProperty("id").GetString()!);
        }

        return ids;
    }

    private async Task AddAdminAsync()
    {
        var (code, output) = await ServiceProcess.RunToEndAsync(_settings, "seed", "--users", "1", "--experiments", "80", "--days", "45");
        code.Should().Be(0, output);
        var signIn = output.Trim().Split('\n')[^1].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        Admin = (signIn[0], signIn[1]);
        (await ServiceProcess.RunToEndAsync(_settings, "admin", "grant", Admin.Email)).ExitCode.Should().Be(0);
    }
}

/// <summary>Tests of the page in a browser. They take both processors, and one measures a time: nothing else runs beside them.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class BrowserCollection : ICollectionFixture<BrowserServers>
{
    public const string Name = "browser";
}
