using Xunit.Sdk;
using static Microsoft.Playwright.Assertions;

namespace NeuroLab.IntegrationTests.Browser;

/// <summary>That what watches over the tests of the page sees what it is there for.</summary>
public sealed class WatchTests(BrowserServers servers) : BrowserTest(servers)
{
    [Theory]
    [InlineData("console.error('it went wrong')", "it went wrong")]
    [InlineData("setTimeout(() => { throw new Error('it was thrown') })", "it was thrown")]
    [InlineData("fetch('/api/auth/me').then(() => undefined)", "a status of 401")]
    [InlineData("document.body.insertAdjacentHTML('beforeend', '<p style=\"color: red\">')", "Breach of style-src")]
    [InlineData("document.body.append(Object.assign(document.createElement('script'), { textContent: '1' }))", "Breach of script-src")]
    [InlineData("fetch('http://localhost:9/').catch(() => undefined)", "Breach of connect-src")]
    public async Task Window_WhenThePageDoesWhatItMustNot_NotesIt(string wrong, string noted)
    {
        await using var window = await BrowserWindow.OpenAsync(Servers.Browser, Servers.Address);
        await window.Page.GotoAsync("/");
        await Expect(new Visitor(window).Heading("Sign in")).ToBeVisibleAsync();
        window.Complaints.Should().BeEmpty();

        await window.Page.EvaluateAsync($"() => {{ {wrong} }}");

        await EndToEnd.Until.AsWantedAsync(() => Task.FromResult(window.Complaints), complaints => complaints.Any(one => one.Contains(noted)), TimeSpan.FromSeconds(10));
    }

    [Fact]
    public async Task Window_WhenAnotherHostIsAsked_NotesIt()
    {
        await using var window = await BrowserWindow.OpenAsync(Servers.Browser, new Uri("http://localhost:1/"));

        await window.Page.GotoAsync(Servers.Address.ToString());

        window.Complaints.Should().Contain($"asked another host: {Servers.Address}");
    }

    [Theory]
    [InlineData("document.getElementById('main').append(document.createElement('input'))", "label")]
    [InlineData("document.querySelector('h1').style.color = '#eeeeee'", "color-contrast")]
    [InlineData("document.getElementById('main').style.minWidth = '3000px'", "scrolling sideways")]
    public async Task Look_WhenSomethingIsWrong_Fails(string wrong, string said)
    {
        var window = await OpenAsync();
        await window.Page.GotoAsync("/");
        await Expect(new Visitor(window).Heading("Sign in")).ToBeVisibleAsync();
        await window.Page.EvaluateAsync($"() => {{ {wrong} }}");

        var look = () => Look.AtAsync(window.Page, "wrong", isMain: false);

        (await look.Should().ThrowAsync<XunitException>()).Which.Message.Should().Contain(said);
    }
}
