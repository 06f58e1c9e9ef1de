using Microsoft.Playwright;

namespace NeuroLab.IntegrationTests.Browser;

/// <summary>A test of the page. At its end none of its windows may have noted anything.</summary>
[Collection(BrowserCollection.Name)]
public abstract class BrowserTest(BrowserServers servers) : IAsyncLifetime
{
    private readonly List<BrowserWindow> _windows = [];

    protected BrowserServers Servers { get; } = servers;

    public virtual Task InitializeAsync() => Task.CompletedTask;

    public virtual async Task DisposeAsync()
    {
        var complaints = _windows.SelectMany(window => window.Complaints).ToList();
        foreach (var window in _windows)
        {
            await window.DisposeAsync();
        }

        complaints.Should().BeEmpty();
    }

    /// <summary>Opens a window with a profile of its own. The browser asks for the page's icon whenever it likes: whose service ends with the test closes the window before it.</summary>
    /// <param name="service">Whose page it is for; null: the service of all tests.</param>
    /// <param name="width">Its width in CSS pixels.</param>
    /// <param name="scheme">Whether the system is light or dark.</param>
    private protected async Task<BrowserWindow> OpenAsync(Uri? service = null, int width = 1440, ColorScheme scheme = ColorScheme.Light)
    {
        var window = await BrowserWindow.OpenAsync(Servers.Browser, service ?? Servers.Address, width, scheme);
        _windows.Add(window);
        return window;
    }
}
