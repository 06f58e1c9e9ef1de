using System.Collections.Concurrent;
using Microsoft.Playwright;

namespace NeuroLab.IntegrationTests.Browser;

/// <summary>A window of a browser profile of its own, at one service. It notes what a page must never do: errors of the console and of scripts, breaches of the policy, requests to another host.</summary>
internal sealed class BrowserWindow : IAsyncDisposable
{
    /// <summary>How long what is done or expected may take, in milliseconds.</summary>
    public const int Patience = 15_000;

    private readonly IBrowserContext _context;
    private readonly ConcurrentQueue<string> _complaints = new();
    private readonly ConcurrentBag<string> _accepted = [];

    private BrowserWindow(IBrowserContext context, IPage page) => (_context, Page) = (context, page);

    /// <summary>What it shows.</summary>
    public IPage Page { get; }

    /// <summary>What the page must not have done, so far.</summary>
    public IReadOnlyList<string> Complaints => [.. _complaints.Where(one => !_accepted.Any(accepted => one.Contains(accepted, StringComparison.Ordinal)))];

    /// <summary>Opens one.</summary>
    /// <param name="browser">The browser.</param>
    /// <param name="service">The service whose page it is for; ends with a slash.</param>
    /// <param name="width">Its width in CSS pixels.</param>
    /// <param name="scheme">Whether the system is light or dark.</param>
    public static async Task<BrowserWindow> OpenAsync(IBrowser browser, Uri service, int width = 1440, ColorScheme scheme = ColorScheme.Light)
    {
        var context = await browser.NewContextAsync(new()
        {
            BaseURL = service.ToString(),
            ViewportSize = new() { Width = width, Height = 900 },
            ColorScheme = scheme,
            ReducedMotion = ReducedMotion.Reduce,
            Locale = "en-GB",
            TimezoneId = "UTC",
        });
        context.SetDefaultTimeout(Patience);
        await context.AddInitScriptAsync("document.addEventListener('securitypolicyviolation', event => console.error(`Breach of ${event.violatedDirective}: ${event.blockedURI}`))");
        var window = new BrowserWindow(context, await context.NewPageAsync());
        window.Watch(service);
        return window;
    }

    /// <summary>The browser itself reports each answer that is an error: a test that provokes some says which, by their status.</summary>
    public void Expect(params int[] statuses)
    {
        foreach (var status in statuses)
        {
            _accepted.Add($"the server responded with a status of {status} ");
        }
    }

    /// <summary>The same, for whatever has these words in it.</summary>
    public void Expect(string words) => _accepted.Add(words);

    public ValueTask DisposeAsync() => _context.DisposeAsync();

    private void Watch(Uri service)
    {
        Page.Console += (_, message) =>
        {
            if (message.Type is "error" or "warning")
            {
                _complaints.Enqueue($"{message.Type} in the console: {message.Text} ({message.Location})");
            }
        };
        Page.PageError += (_, error) => _complaints.Enqueue($"uncaught: {error}");
        Page.Request += (_, request) =>
        {
            var address = new Uri(request.Url);
            if (address.Scheme is not ("data" or "blob") && address.Authority != service.Authority)
            {
                _complaints.Enqueue($"asked another host: {request.Url}");
            }
        };
    }
}
