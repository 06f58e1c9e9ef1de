namespace NeuroLab.IntegrationTests.EndToEnd;

/// <summary>Where the sources and what was built of them lie.</summary>
internal static class Repository
{
    /// <summary>The folder of the solution.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>The service, built in the same configuration as these tests, from its own folder: not the copy beside the tests, which may be instrumented.</summary>
    public static string Executable { get; } = Path.Combine(
        Root, "src", "WebApi", "bin", Path.GetFileName(Path.GetDirectoryName(AppContext.BaseDirectory.TrimEnd('/')))!, "net10.0", "NeuroLab.WebApi.dll");

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "NeuroLab.sln")))
            {
                return folder.FullName;
            }
        }

        throw new DirectoryNotFoundException($"No NeuroLab.sln above {AppContext.BaseDirectory}.");
    }
}
