using System.Diagnostics;
using System.Globalization;
using System.Net;
using NeuroLab.IntegrationTests.EndToEnd;
using NeuroLab.IntegrationTests.EndToEnd.Metrics;
using NeuroLab.IntegrationTests.Fixtures;

namespace NeuroLab.IntegrationTests.FaultBench;

/// <summary>
/// One node of the service, as a process at a fixed address, with links of its own to both stores that can be disturbed. Knows when it was stopped or frozen by the test: what it
/// owes its clients then is nothing.
/// </summary>
internal sealed class BenchNode : IAsyncDisposable
{
    private readonly Dictionary<string, string> _settings;
    private readonly List<(long From, long To)> _absences = [];
    private readonly List<string> _earlierOutput = [];
    private ServiceProcess? _process;

    public BenchNode(int number, int postgresPort, string connectionString, int? redisPort, IReadOnlyDictionary<string, string> settings)
    {
        Number = number;
        Postgres = new TcpProxy(postgresPort);
        Redis = redisPort is { } port ? new TcpProxy(port) : null;
        Address = new Uri($"http://127.0.0.1:{Ports.Free().ToString(CultureInfo.InvariantCulture)}");
        _settings = new Dictionary<string, string>(settings)
        {
            ["ASPNETCORE_URLS"] = Address.GetLeftPart(UriPartial.Authority),
            ["ConnectionStrings__Postgres"] = new Npgsql.NpgsqlConnectionStringBuilder(connectionString) { Port = Postgres.Port, ApplicationName = $"node{number}" }.ConnectionString,
        };
        if (Redis is not null)
        {
            _settings["REDIS_URL"] = $"redis://127.0.0.1:{Redis.Port.ToString(CultureInfo.InvariantCulture)}";
        }

        Http = new HttpClient(new SocketsHttpHandler { ConnectTimeout = TimeSpan.FromSeconds(5), UseCookies = false, UseProxy = false })
        {
            BaseAddress = Address, Timeout = TimeSpan.FromSeconds(50),
        };
    }

    public int Number { get; }

    /// <summary>Where it listens, however often it was started.</summary>
    public Uri Address { get; }

    /// <summary>Its way to PostgreSQL.</summary>
    public TcpProxy Postgres { get; }

    /// <summary>Its way to Redis; null where it has none, or one to a cluster.</summary>
    public TcpProxy? Redis { get; }

    /// <summary>A client of it.</summary>
    public HttpClient Http { get; }

    /// <summary>How often it was started: what an earlier process had cached in memory the present one has not.</summary>
    public int Incarnation { get; private set; }

    /// <summary>The id of its process.</summary>
    public int ProcessId => _process?.Id ?? 0;

    /// <summary>All that its processes have written.</summary>
    public string Output => string.Join('\n', [.. _earlierOutput, _process?.Output ?? ""]);

    public async Task StartAsync()
    {
        Incarnation++;
        _process = await ServiceProcess.StartAsync(_settings);
        Close();
    }

    /// <summary>Waits until it is ready, its schema made.</summary>
    public async Task ReadyAsync()
    {
        using var anyone = new Api(Address);
        await Until.AsWantedAsync(() => anyone.GetAsync("/health/ready"), answer => answer.Status == HttpStatusCode.OK, TimeSpan.FromSeconds(60));
    }

    /// <summary>A figure of its metrics, summed over its labels.</summary>
    public async Task<double> FigureAsync(string metric)
    {
        using var administrator = Api.Administrator(Address, BenchUser.AdminKey);
        var answer = await administrator.GetAsync("/metrics");
        answer.Status.Should().Be(HttpStatusCode.OK);
        var (scrape, name) = (Scrape.Of(answer.Text), $"neurolab_cache_{metric}");
        scrape.Samples.Should().Contain(sample => sample.Name == name);
        return scrape.Sum(name);
    }

    /// <summary>How many loads it has begun, and how many have failed: of one moment, for in an outage both move all the time.</summary>
    public async Task<(long Loads, long Failures)> LoadsAsync()
    {
        using var administrator = Api.Administrator(Address, BenchUser.AdminKey);
        var counts = (await administrator.GetAsync("/api/cache/stats")).Member("requests");
        return (counts.GetProperty("loads").GetInt64(), counts.GetProperty("load_failures").GetInt64());
    }

    /// <summary>Kills it.</summary>
    public async Task CrashAsync()
    {
        Open();
        if (_process is { } process)
        {
            await process.CrashAsync();
            await EndAsync(process);
        }
    }

    /// <summary>Stops it as an operator does.</summary>
    public async Task StopAsync()
    {
        Open();
        if (_process is { } process)
        {
            await process.StopAsync();
            await EndAsync(process);
        }
    }

    /// <summary>Stops it in its tracks.</summary>
    public async Task FreezeAsync()
    {
        Open();
        await _process!.SignalAsync("STOP");
    }

    /// <summary>Lets it go on.</summary>
    public async Task ThawAsync()
    {
        await _process!.SignalAsync("CONT");
        Close();
    }

    /// <summary>Whether it was stopped or frozen at some moment of a time.</summary>
    public bool WasAbsent(long from, long to)
    {
        lock (_absences)
        {
            return _absences.Exists(absence => absence.From <= to && from <= absence.To);
        }
    }

    /// <summary>When the last of its absences in a time was over.</summary>
    public long BackAt(long from, long to)
    {
        lock (_absences)
        {
            return _absences.Where(absence => absence.From <= to && from <= absence.To).Select(absence => absence.To).DefaultIfEmpty(from).Max();
        }
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        if (_process is not null)
        {
            await _process.DisposeAsync();
        }

        await Postgres.DisposeAsync();
        if (Redis is not null)
        {
            await Redis.DisposeAsync();
        }
    }

    private async Task EndAsync(ServiceProcess process)
    {
        _earlierOutput.Add(process.Output);
        _process = null;
        await process.DisposeAsync();
    }

    private void Open()
    {
        lock (_absences)
        {
            _absences.Add((Stopwatch.GetTimestamp(), long.MaxValue));
        }
    }

    private void Close()
    {
        // Links of before may still be found broken for a moment.
        var now = Stopwatch.GetTimestamp() + Stopwatch.Frequency;
        lock (_absences)
        {
            if (_absences.Count > 0 && _absences[^1].To == long.MaxValue)
            {
                _absences[^1] = (_absences[^1].From, now);
            }
        }
    }
}
