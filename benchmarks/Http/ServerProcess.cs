using System.Diagnostics;
using System.Globalization;

namespace NeuroLab.Benchmarks.Http;

/// <summary>A server in a process of its own, on a free loopback port, which it tells in the words of the framework. Ended by its disposal.</summary>
internal sealed class ServerProcess : IAsyncDisposable
{
    private const string Announcement = "Now listening on: ";

    /// <summary>Where the service would look for what a benchmark of it alone must not have.</summary>
    private static readonly string[] Foreign = ["ConnectionStrings__Postgres", "REDIS_URL", "REDIS_HOST", "OTEL_EXPORTER_OTLP_ENDPOINT"];

    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(60);

    /// <summary>Ticks of the kernel's clock in a second, by which it tells of a process: the same on every Linux.</summary>
    private const int TicksASecond = 100;

    private readonly Process _process;

    private ServerProcess(Process process, Uri address, IReadOnlyList<string> announced) => (_process, Address, Announced) = (process, address, announced);

    /// <summary>Where it listens.</summary>
    public Uri Address { get; }

    /// <summary>The lines before the one that tells where it listens.</summary>
    public IReadOnlyList<string> Announced { get; }

    /// <summary>Starts a .NET program that lies beside this one.</summary>
    /// <param name="arguments">The arguments of <c>dotnet</c>.</param>
    /// <param name="settings">Environment variables.</param>
    public static async Task<ServerProcess> StartAsync(IReadOnlyList<string> arguments, IReadOnlyDictionary<string, string> settings)
    {
        var start = new ProcessStartInfo("dotnet", arguments) { RedirectStandardOutput = true };
        foreach (var name in Foreign)
        {
            start.Environment.Remove(name);
        }

        foreach (var (name, value) in settings)
        {
            start.Environment[name] = value;
        }

        var process = Process.Start(start) ?? throw new InvalidOperationException("dotnet did not start.");
        try
        {
            using var limit = new CancellationTokenSource(StartLimit);
            var lines = new List<string>();
            while (await process.StandardOutput.ReadLineAsync(limit.Token) is { } line)
            {
                if (line.IndexOf(Announcement, StringComparison.Ordinal) is >= 0 and var at)
                {
                    // What it writes from here on is read and let go of, or it would wait for somebody who reads it.
                    _ = process.StandardOutput.BaseStream.CopyToAsync(Stream.Null, CancellationToken.None);
                    return new ServerProcess(process, new Uri(line[(at + Announcement.Length)..].Trim()), lines);
                }

                lines.Add(line);
            }

            throw new InvalidOperationException($"{string.Join(' ', arguments)} ended before it listened: {string.Join('\n', lines)}");
        }
        catch
        {
            process.Kill();
            throw;
        }
    }

    /// <summary>The path of an assembly that lies beside this program.</summary>
    public static string Beside(string file) => Path.Combine(AppContext.BaseDirectory, file);

    /// <summary>How much time of processors it has used up, in user and kernel mode.</summary>
    public TimeSpan Cpu()
    {
        // The name in the second field may hold spaces; behind its bracket the fields are numbers.
        var stat = File.ReadAllText($"/proc/{_process.Id.ToString(CultureInfo.InvariantCulture)}/stat");
        var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
        var ticks = long.Parse(fields[11], CultureInfo.InvariantCulture) + long.Parse(fields[12], CultureInfo.InvariantCulture);
        return TimeSpan.FromSeconds((double)ticks / TicksASecond);
    }

    public async ValueTask DisposeAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }
}
