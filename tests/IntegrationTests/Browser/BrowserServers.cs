using Microsoft.Playwright;
using NeuroLab.IntegrationTests.EndToEnd;

namespace NeuroLab.IntegrationTests.Browser;

/// <summary>One Chromium, and one service on PostgreSQL and Redis of its own, for all tests of the page.</summary>
public sealed class BrowserServers : IAsyncLifetime
{
    /// <summary>Debian's: nothing is fetched for the tests.</summary>
    private const string Chromium = "/usr/bin/chromium";

    private IPlaywright? _playwright;
    private IBrowser? _browser;
    private ServiceProcess? _service;

    /// <summary>PostgreSQL and Redis, to stop and start; and settings for services of a test's own.</summary>
    public Servers Servers { get; } = new();

    /// <summary>The service's address.</summary>
    public Uri Address => _service!.Address;

    /// <summary>The browser.</summary>
    internal IBrowser Browser => _browser!;

    public async Task InitializeAsync()
    {
        await Servers.InitializeAsync();
        _service = await ServiceProcess.StartAsync(await Servers.SharedAsync());
        _playwright = await Playwright.CreateAsync();
        _browser = await _playwright.Chromium.LaunchAsync(new()
        {
            ExecutablePath = Chromium,
            // Root has no sandbox, and nothing here needs a network beyond this machine.
            Args = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run"],
        });
    }

    public async Task DisposeAsync()
    {
        if (_browser is not null)
        {
            await _browser.DisposeAsync();
        }

        _playwright?.Dispose();
        if (_service is not null)
        {
            await _service.DisposeAsync();
        }

        await Servers.DisposeAsync();
    }
}

/// <summary>Tests of the page in a browser. They take both processors, and one measures a time: nothing else runs beside them.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class BrowserCollection : ICollectionFixture<BrowserServers>
{
    public const string Name = "browser";
}
