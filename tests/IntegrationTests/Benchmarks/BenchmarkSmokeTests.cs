using System.Buffers.Binary;
using System.Diagnostics;
using System.IO.Compression;
using System.Text.RegularExpressions;
using FluentAssertions.Execution;
using NeuroLab.IntegrationTests.EndToEnd;

namespace NeuroLab.IntegrationTests.Benchmarks;

/// <summary>Benchmarks take all processors: they run by themselves, so that nothing that waits beside them waits longer.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class BenchmarksCollection
{
    public const string Name = "benchmarks";
}

/// <summary>Every benchmark that the program has still runs to its end and prints a table, when it is run small. What it measures is not looked at.</summary>
[Collection(BenchmarksCollection.Name)]
public sealed partial class BenchmarkSmokeTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    private static readonly string Program = Path.Combine(
        Repository.Root, "benchmarks", "bin", Path.GetFileName(Path.GetDirectoryName(AppContext.BaseDirectory.TrimEnd('/')))!, "net10.0", "NeuroLab.Benchmarks.dll");

    [Fact]
    public async Task EveryBenchmark_WhenRunSmall_PrintsATable()
    {
        var list = await RunAsync("list");
        list.ExitCode.Should().Be(0, list.Errors);
        var names = list.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        names.Should().NotBeEmpty();

        using var all = new AssertionScope();
        foreach (var name in names)
        {
            ShouldPrintATable(await RunAsync(name, "--smoke"), name);
        }
    }

    [Fact]
    public async Task HitRatio_WhenGivenTraces_CountsTheirHits()
    {
        var folder = Directory.CreateTempSubdirectory("traces");
        try
        {
            var (plain, packed) = (Path.Combine(folder.FullName, "plain.int32be"), Path.Combine(folder.FullName, "packed.int32be.gz"));
            await File.WriteAllBytesAsync(plain, Trace(1, 2, 1, 3, 4, 1, 2));
            await using (var gzip = new GZipStream(File.Create(packed), CompressionLevel.Fastest))
            {
                await gzip.WriteAsync(Trace(7, 7, 7, 7));
            }

            var run = await RunAsync("hit-ratio", plain, "3", "4", packed, "3", "--smoke");

            ShouldPrintATable(run, "hit-ratio");
            run.Output.Should().MatchRegex(@"\|\s+\| plain 3 +\| plain 4 +\| packed 3 +\|");
            run.Output.Should().MatchRegex(@"\| exact LRU +\| 0\.2857 +\| 0\.4286 +\| 0\.7500 +\|");
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static void ShouldPrintATable((int ExitCode, string Output, string Errors) run, string name)
    {
        run.ExitCode.Should().Be(0, "{0} should come to its end", name);
        run.Errors.Should().BeEmpty("{0} should run without errors", name);
        run.Output.Should().MatchRegex(TableWithRow(), "{0} should print a table with a row", name);
    }

    private static async Task<(int ExitCode, string Output, string Errors)> RunAsync(params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo("dotnet", [Program, .. arguments]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        using var limit = new CancellationTokenSource(Limit);
        try
        {
            await process.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"{string.Join(' ', arguments)} did not end within {Limit.TotalSeconds} s.");
        }

        return (process.ExitCode, await output, await errors);
    }

    private static byte[] Trace(params int[] keys)
    {
        var bytes = new byte[keys.Length * sizeof(int)];
        for (var i = 0; i < keys.Length; i++)
        {
            BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(i * sizeof(int)), keys[i]);
        }

        return bytes;
    }

    [GeneratedRegex(@"^\|( -+ \|)+\n\| .*\d.*\|$", RegexOptions.Multiline)]
    private static partial Regex TableWithRow();
}
