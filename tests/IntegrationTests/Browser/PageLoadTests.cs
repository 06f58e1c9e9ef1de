using System.Collections.Concurrent;
using Microsoft.Playwright;
using NeuroLab.IntegrationTests.EndToEnd;
using NeuroLab.IntegrationTests.OpenApi;

namespace NeuroLab.IntegrationTests.Browser;

/// <summary>That the page comes up, wherever it is entered, and what that costs.</summary>
public sealed class PageLoadTests(BrowserServers servers) : BrowserTest(servers)
{
    private const int FirstLoadLimit = 300 * 1024;

    [Theory]
    [InlineData("/")]
    [InlineData("/experiments/0197a6f0-0000-7000-8000-000000000000")]
    [InlineData("/observatory")]
    [InlineData("/sign-in")]
    [InlineData("/sign-up")]
    public async Task Page_WhenEnteredAnywhere_AsksWhoIsThere(string path)
    {
        var window = await OpenAsync();

        await window.Page.GotoAsync(path);

        await Assertions.Expect(window.Page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToBeVisibleAsync();
        await Assertions.Expect(window.Page.GetByLabel("Password")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task Page_WhenLoadedForTheFirstTime_IsSmall()
    {
        var window = await OpenAsync();
        var received = new ConcurrentQueue<IRequest>();
        window.Page.RequestFinished += (_, request) => received.Enqueue(request);

        await window.Page.GotoAsync("/", new() { WaitUntil = WaitUntilState.NetworkIdle });

        var sizes = await Task.WhenAll(received.Select(request => request.SizesAsync()));
        received.Should().HaveCountGreaterThan(2);
        sizes.Sum(size => size.ResponseBodySize + size.ResponseHeadersSize).Should().BeInRange(1, FirstLoadLimit);
    }

    [Fact]
    public async Task Page_WhenTheServiceIsBelowAPath_StaysBelowIt()
    {
        await using var service = await ServiceProcess.StartAsync(Servers.Servers.Embedded(("ForwardedHeaders__KnownProxies__0", "127.0.0.1")));
        await using var proxy = await ReverseProxy.StartAsync(service.Address, "/neurolab", takesPrefixOff: true, "/neurolab");
        await using var window = await OpenAsync(proxy.Address);

        await window.Page.GotoAsync("/neurolab/sign-up");

        await Assertions.Expect(window.Page.GetByLabel("Password")).ToBeVisibleAsync();
        new Uri(window.Page.Url).AbsolutePath.Should().StartWith("/neurolab/");
    }
}
