using Deque.AxeCore.Commons;
using Deque.AxeCore.Playwright;
using Microsoft.Playwright;
using NeuroLab.IntegrationTests.EndToEnd;

namespace NeuroLab.IntegrationTests.Browser;

/// <summary>What holds of every state of the page, whatever it shows.</summary>
internal static class Look
{
    /// <summary>Whether pictures are taken for the documentation.</summary>
    public static readonly bool IsPhotographed = Environment.GetEnvironmentVariable("NEUROLAB_SCREENSHOTS") == "1";

    private static readonly string Folder = Path.Combine(Repository.Root, "docs", "screenshots");

    /// <summary>
    /// Nobody has to scroll sideways, and axe finds nothing: its rules of WCAG 2.2, A and AA, and its good practices. Where <c>NEUROLAB_SCREENSHOTS=1</c> is set, the state is photographed for
    /// the documentation.
    /// </summary>
    /// <param name="page">The page.</param>
    /// <param name="name">What its state is called, in the documentation as well.</param>
    /// <param name="isMain">Whether the documentation shows it.</param>
    public static async Task AtAsync(IPage page, string name, bool isMain = true)
    {
        var (scheme, width) = (await page.EvaluateAsync<bool>("matchMedia('(prefers-color-scheme: dark)').matches") ? "dark" : "light", page.ViewportSize!.Width);
        var of = $"{name}-{scheme}-{width}";
        if (isMain && IsPhotographed)
        {
            await page.EvaluateAsync("scrollTo(0, 0)");
            await page.ScreenshotAsync(new() { Path = Path.Combine(Folder, $"{of}.png"), Animations = ScreenshotAnimations.Disabled, Caret = ScreenshotCaret.Hide });
        }

        (await page.EvaluateAsync<int>("document.documentElement.scrollWidth - document.documentElement.clientWidth")).Should().BeLessThanOrEqualTo(0, "{0} needs no scrolling sideways", of);
        var found = await page.RunAxe();
        found.Violations.SelectMany(Told).Should().BeEmpty("axe finds nothing in {0}", of);
        found.Passes.Should().HaveCountGreaterThan(10, "it looked at {0}", of);
    }

    private static IEnumerable<string> Told(AxeResultItem rule) => rule.Nodes.Select(node => $"{rule.Id}: {rule.Help}: {node.Html} ({string.Join("; ", node.Any.Select(check => check.Message))})");
}
