using System.Text.RegularExpressions;
using Microsoft.Playwright;
using NeuroLab.IntegrationTests.EndToEnd;
using static Microsoft.Playwright.Assertions;

namespace NeuroLab.IntegrationTests.Browser;

/// <summary>What people do on the page. Everything is found by its role and its name, as they and their screen readers find it.</summary>
internal sealed class Visitor(BrowserWindow window)
{
    /// <summary>The window that it is done in.</summary>
    public BrowserWindow Window { get; } = window;

    /// <summary>What the window shows.</summary>
    public IPage Page => Window.Page;

    /// <summary>The dialog that is open.</summary>
    public ILocator Dialog => Page.GetByRole(AriaRole.Dialog);

    /// <summary>What is shown below the navigation; it has the focus whenever another page is shown.</summary>
    public ILocator Content => Page.GetByRole(AriaRole.Main);

    public ILocator Heading(string name) => Page.GetByRole(AriaRole.Heading, new() { Level = 1, Name = name, Exact = true });

    public ILocator Heading2(string name) => Page.GetByRole(AriaRole.Heading, new() { Level = 2, Name = name, Exact = true });

    public ILocator Button(string name) => Page.GetByRole(AriaRole.Button, new() { Name = name, Exact = true });

    /// <summary>A section of the page by its heading.</summary>
    public ILocator Section(string name) =>
        Page.GetByRole(AriaRole.Region, new() { Name = name, Exact = true }).Filter(new() { Has = Page.GetByRole(AriaRole.Heading, new() { Name = name, Exact = true }) });

    /// <summary>A chart by what it shows, which is told in words as well.</summary>
    public ILocator Chart(string beginning) => Page.GetByRole(AriaRole.Img, new() { NameRegex = new Regex("^" + Regex.Escape(beginning)) });

    /// <summary>Opens an account by the form.</summary>
    public async Task SignUpAsync(string email, string name)
    {
        await Page.GotoAsync("/sign-up");
        await Page.GetByLabel("E-mail").FillAsync(email);
        await Page.GetByLabel("Name").FillAsync(name);
        await Page.GetByLabel("Password").FillAsync(Api.Password);
        await Button("Sign up").ClickAsync();
        await Expect(Heading("Dashboard")).ToBeVisibleAsync();
    }

    /// <summary>Fills in the form that stands where somebody has to sign in.</summary>
    public async Task SignInAsync(string email, string password = Api.Password)
    {
        await Page.GetByLabel("E-mail").FillAsync(email);
        await Page.GetByLabel("Password").FillAsync(password);
        await Button("Sign in").ClickAsync();
        await Expect(Page.GetByRole(AriaRole.Navigation, new() { Name = "Main" })).ToBeVisibleAsync();
    }

    /// <summary>Goes to a path and signs in there.</summary>
    public async Task SignInAtAsync(string path, string email, string password = Api.Password)
    {
        await Page.GotoAsync(path);
        await SignInAsync(email, password);
    }

    /// <summary>Opens the form of a new experiment.</summary>
    public async Task<ILocator> OpenRunAsync(string type, string name)
    {
        await Button("Run experiment").First.ClickAsync();
        await Dialog.GetByLabel("Name").FillAsync(name);
        await Dialog.GetByLabel("Type").SelectOptionAsync(new SelectOptionValue { Label = type });
        return Dialog;
    }

    /// <summary>Runs an experiment as its type does by default, and comes to its page.</summary>
    public async Task RunAsync(string type, string name)
    {
        var dialog = await OpenRunAsync(type, name);
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Run experiment" }).ClickAsync();
        await Expect(Heading(name)).ToBeVisibleAsync();
    }

    /// <summary>Goes back to the dashboard by the navigation.</summary>
    public async Task ToDashboardAsync()
    {
        await Page.GetByRole(AriaRole.Navigation, new() { Name = "Main" }).GetByRole(AriaRole.Link, new() { Name = "Dashboard" }).ClickAsync();
        await Expect(Heading("Dashboard")).ToBeVisibleAsync();
    }

    /// <summary>Waits until a chart is drawn: that it says what it shows is not all.</summary>
    public static Task DrawnAsync(ILocator chart) => Until.AsWantedAsync(
        () => chart.EvaluateAsync<bool>("""
            canvas => {
              // Read from a copy: the browser complains where a canvas that is drawn on is read again and again.
              const copy = new OffscreenCanvas(canvas.width, canvas.height).getContext('2d', { willReadFrequently: true })
              copy.drawImage(canvas, 0, 0)
              return copy.getImageData(0, 0, canvas.width, canvas.height).data.some(part => part !== 0)
            }
            """),
        isDrawn => isDrawn,
        TimeSpan.FromSeconds(15));
}
