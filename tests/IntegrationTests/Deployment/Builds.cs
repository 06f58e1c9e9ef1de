using System.Diagnostics;
using NeuroLab.IntegrationTests.Development;

namespace NeuroLab.IntegrationTests.Deployment;

/// <summary>Tests that build the product anew. They run by themselves: a build takes the processors from whatever measures beside it.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class BuildsCollection : ICollectionFixture<DebugBuild>
{
    public const string Name = "builds";
}

/// <summary>Copies sources and builds them.</summary>
internal static class Builds
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(9);
    private static readonly string[] Made = ["bin", "obj", "node_modules", "dist", "artifacts", "data", ".git"];

    /// <summary>Copies a file, or a folder without what is made in it.</summary>
    public static void Copy(string from, string to)
    {
        if (File.Exists(from))
        {
            Directory.CreateDirectory(Path.GetDirectoryName(to)!);
            File.Copy(from, to, overwrite: true);
            return;
        }

        foreach (var entry in Directory.EnumerateFileSystemEntries(from).Where(entry => !Made.Contains(Path.GetFileName(entry))))
        {
            Copy(entry, Path.Combine(to, Path.GetFileName(entry)));
        }
    }

    /// <summary>Runs a command to its end, which has to be a good one.</summary>
    /// <returns>What it printed.</returns>
    public static async Task<string> RunAsync(string folder, string program, IEnumerable<string> arguments, params (string Name, string Value)[] environment)
    {
        var start = new ProcessStartInfo(program, arguments) { WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var name in start.Environment.Keys.Where(name => name.StartsWith("MSBuild", StringComparison.Ordinal)).ToList())
        {
            // What the test run's own tools were given points to them.
            start.Environment.Remove(name);
        }

        foreach (var (name, value) in environment.Append(("MSBUILDDISABLENODEREUSE", "1")).Append(("UseSharedCompilation", "false")).Append(("DOTNET_CLI_USE_MSBUILD_SERVER", "0")))
        {
            start.Environment[name] = value;
        }

        using var process = Process.Start(start)!;
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        using var limit = new CancellationTokenSource(Limit);
        try
        {
            await process.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }

        process.ExitCode.Should().Be(0, "{0} {1} printed {2} {3}", program, string.Join(' ', arguments), await output, await errors);
        return await output;
    }
}
