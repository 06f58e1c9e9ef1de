namespace NeuroLab.WebApi.Page;

/// <summary>Serves the page, where it was built: see <c>Page.targets</c>.</summary>
internal static partial class PageServing
{
    /// <summary>Where the build puts it, beside the program.</summary>
    private static readonly string Folder = Path.Combine(AppContext.BaseDirectory, "page");

    /// <summary>Where the build says why it did not.</summary>
    private static readonly string WhyMissing = Path.Combine(AppContext.BaseDirectory, "page-missing.txt");

    /// <summary>
    /// Answers GET and HEAD of the page's files and paths, for anyone. Whatever else is asked for goes on. Reads the files once, here; where there are none nothing is answered, and the log says
    /// so when the service has started.
    /// </summary>
    /// <param name="app">The service.</param>
    /// <param name="hasFaultSwitches">Whether the database and Redis can be stopped here, for the page to know.</param>
    public static void UsePage(this WebApplication app, bool hasFaultSwitches)
    {
        if (PageFiles.Read(Folder, hasFaultSwitches) is not { } files)
        {
            app.Lifetime.ApplicationStarted.Register(() => LogMissing(app.Logger, ReadReason() ?? "it was not built, which takes Node.js 18 or newer with npm."));
            return;
        }

        app.Use(next => http =>
            (HttpMethods.IsGet(http.Request.Method) || HttpMethods.IsHead(http.Request.Method)) && files.Find(http.Request) is { } file ? file.WriteAsync(http) : next(http));
    }

    /// <summary>The line that the build left, or null where there is none that could be one of its.</summary>
    private static string? ReadReason()
    {
        try
        {
            return File.Exists(WhyMissing) && File.ReadLines(WhyMissing).FirstOrDefault()?.Trim() is { Length: > 0 and <= 200 } line && !line.Any(char.IsControl) ? line : null;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    [LoggerMessage(EventId = 6201, Level = LogLevel.Information, Message = "There is no page at /: {Reason} The API is there.")]
    private static partial void LogMissing(ILogger logger, string reason);
}
