using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace NeuroLab.IntegrationTests.EndToEnd;

/// <summary>How the service ends: what is under way is answered, and nothing that hangs holds the end up.</summary>
[Collection(EndToEndCollection.Name)]
public sealed class GracefulShutdownTests(Servers servers) : IAsyncLifetime
{
    /// <summary>How long requests may take that are under way when the end begins.</summary>
    private static readonly TimeSpan Drain = TimeSpan.FromSeconds(10);

    /// <summary>What ending the process may take beyond that where others share its processors; a collector that was waited for would take longer.</summary>
    private static readonly TimeSpan Ending = TimeSpan.FromSeconds(8);

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        servers.Postgres.Thaw();
        await servers.Redis.ThawAsync();
    }

    [Fact]
    public async Task Stop_WhenARequestIsUnderWay_AnswersItWholeAndTakesNoOther()
    {
        var settings = await servers.SharedAsync(Servers.Patient);
        await using var service = await ServiceProcess.StartAsync(settings);
        using var user = await Api.RegisteredAsync(service.Address);
        await user.RunExperimentAsync();
        using var idle = await RawClient.ConnectAsync(service.Address);
        await idle.SendAsync("GET /health/live HTTP/1.1\r\nHost: service\r\n\r\n");
        (await idle.ReadAsync(4096)).Should().BePositive("it is a connection that is kept alive");
        using var asking = await RawClient.ConnectAsync(service.Address);
        await asking.SendAsync("GET /health/ready HTTP/1.1\r\nHost: service\r\n");
        await using var held = await TableLock.OnReadsAsync(settings["ConnectionStrings__Postgres"]);
        var reading = user.SummaryAsync();
        await held.WaitForAsync(1);

        var asked = Stopwatch.GetTimestamp();
        await service.SignalAsync("TERM");
        await Until.AsWantedAsync(() => RawClient.IsRefusedAsync(service.Address), refused => refused, TimeSpan.FromSeconds(3));

        (await idle.ReadToEndAsync(TimeSpan.FromSeconds(3))).Should().NotContain("HTTP/1.1 5", "a connection that waits is closed without a word");
        await asking.SendAsync("\r\n");
        (await asking.ReadToEndAsync(TimeSpan.FromSeconds(3))).Should().StartWith("HTTP/1.1 503").And.Contain("\"ready\":false");
        reading.IsCompleted.Should().BeFalse("it waits for the table");
        await held.DisposeAsync();
        var answer = await reading;
        (answer.Status, answer.Total, answer.Source).Should().Be((HttpStatusCode.OK, 1, "origin"));
        (await service.ExitAsync(TimeSpan.FromSeconds(9))).Should().Be(0);
        Stopwatch.GetElapsedTime(asked).Should().BeLessThan(Drain, "nothing else is waited for");
        service.Output.Should().NotContain("fail:").And.NotContain("crit:");
    }

    [Fact]
    public async Task Stop_WhenAWriteIsUnderWay_CommitsAndAnswersIt()
    {
        var settings = await servers.SharedAsync(Servers.Patient);
        await using var service = await ServiceProcess.StartAsync(settings);
        await using var other = await ServiceProcess.StartAsync(settings);
        using var user = await Api.RegisteredAsync(service.Address);
        using var there = user.At(other.Address);
        (await there.SummaryAsync()).Total.Should().Be(0);
        await using var held = await TableLock.OnWritesAsync(settings["ConnectionStrings__Postgres"]);
        var writing = user.RunExperimentAsync();
        await held.WaitForAsync(1);

        var asked = Stopwatch.GetTimestamp();
        await service.SignalAsync("TERM");
        await Until.AsWantedAsync(() => RawClient.IsRefusedAsync(service.Address), refused => refused, TimeSpan.FromSeconds(3));
        await held.DisposeAsync();

        var answer = await writing;
        answer.Status.Should().Be(HttpStatusCode.Created);
        answer.ConsistencyToken.Should().NotBeNull();
        (await service.ExitAsync(TimeSpan.FromSeconds(9))).Should().Be(0);
        Stopwatch.GetElapsedTime(asked).Should().BeLessThan(Drain, "nothing else is waited for");
        await Until.AsWantedAsync(there.SummaryAsync, summary => summary.Total == 1, TimeSpan.FromSeconds(3));
    }

    [Fact]
    public async Task Stop_WhenARequestTakesTooLong_CutsItAndEnds()
    {
        var settings = await servers.SharedAsync(Servers.Patient);
        await using var service = await ServiceProcess.StartAsync(settings);
        using var user = await Api.RegisteredAsync(service.Address);
        await using var held = await TableLock.OnReadsAsync(settings["ConnectionStrings__Postgres"]);
        var reading = user.SummaryAsync();
        var writing = user.RunExperimentAsync();
        await held.WaitForAsync(2);

        var (code, took) = await EndAsync(service);

        code.Should().Be(0);
        took.Should().BeGreaterThan(Drain - TimeSpan.FromSeconds(0.5), "requests have that long to end").And.BeLessThan(Drain + Ending);
        await reading.Awaiting(task => task).Should().ThrowAsync<HttpRequestException>();
        await writing.Awaiting(task => task).Should().ThrowAsync<HttpRequestException>();
    }

    [Fact]
    public async Task Stop_WhenStoresAndCollectorHangAndNothingIsUnderWay_EndsSoon()
    {
        using var silent = new SilentListener();
        await using var service = await ServiceProcess.StartAsync(await servers.SharedAsync([.. Telemetry(silent.Address)]));
        using (var user = await Api.RegisteredAsync(service.Address))
        {
            await user.SummaryAsync();
            await silent.Called;
            await servers.Redis.FreezeAsync();
            servers.Postgres.Freeze();
            await user.SummaryAsync();
        }

        var (code, took) = await EndAsync(service);

        code.Should().Be(0);
        took.Should().BeLessThan(TimeSpan.FromSeconds(9), "the last traces are waited for 2 s, and nothing else is");
    }

    [Fact]
    public async Task Stop_WhenStoresAndCollectorHangAndRequestsAreUnderWay_EndsInTime()
    {
        using var silent = new SilentListener();
        await using var service = await ServiceProcess.StartAsync(await servers.SharedAsync([.. Servers.Patient, .. Telemetry(silent.Address)]));
        using var user = await Api.RegisteredAsync(service.Address);
        (await user.SummaryAsync()).Status.Should().Be(HttpStatusCode.OK);
        await silent.Called;
        await servers.Redis.FreezeAsync();
        servers.Postgres.Freeze();
        Task<Answer>[] hanging = [user.GetAsync("/api/dashboard/charts"), user.GetAsync("/api/dashboard/recent"), user.PostAsync("/api/experiments", new { name = "n", experiment_type = "memory" })];
        // They are on their way to PostgreSQL, which tells nobody.
        await Task.Delay(500);

        var (code, took) = await EndAsync(service);

        code.Should().Be(0);
        took.Should().BeLessThan(Drain + Ending, "neither the collector nor the stores are waited for once that time is up");
        foreach (var request in hanging)
        {
            (await IsCutOrUnavailableAsync(request)).Should().BeTrue();
        }
    }

    [Fact]
    public async Task Stop_WhenStoresHangSinceTheStart_EndsSoon()
    {
        var settings = await servers.SharedAsync(("Cache__Database__StartupWait", "00:00:00"));
        await servers.Redis.FreezeAsync();
        servers.Postgres.Freeze();
        await using var service = await ServiceProcess.StartAsync(settings);

        var (code, took) = await EndAsync(service);

        code.Should().Be(0);
        took.Should().BeLessThan(TimeSpan.FromSeconds(5), "connections that are being made are not waited for");
    }

    private static async Task<bool> IsCutOrUnavailableAsync(Task<Answer> request)
    {
        try
        {
            return (await request).Status == HttpStatusCode.ServiceUnavailable;
        }
        catch (HttpRequestException)
        {
            return true;
        }
    }

    private static (string, string)[] Telemetry(Uri collector) =>
        [("OTEL_EXPORTER_OTLP_ENDPOINT", collector.ToString()), ("OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf"), ("OTEL_METRIC_EXPORT_INTERVAL", "200")];

    private static async Task<(int Code, TimeSpan Took)> EndAsync(ServiceProcess service)
    {
        var started = Stopwatch.GetTimestamp();
        await service.SignalAsync("TERM");
        var code = await service.ExitAsync(TimeSpan.FromSeconds(60));
        return (code, Stopwatch.GetElapsedTime(started));
    }
}

/// <summary>Accepts every connection and never answers.</summary>
internal sealed class SilentListener : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly List<TcpClient> _clients = [];
    private readonly TaskCompletionSource _called = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public SilentListener()
    {
        _listener.Start();
        Address = new Uri($"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}");
        _ = AcceptAsync();
    }

    public Uri Address { get; }

    /// <summary>Ends when somebody has connected.</summary>
    public Task Called => _called.Task.WaitAsync(TimeSpan.FromSeconds(20));

    public void Dispose()
    {
        _listener.Dispose();
        foreach (var client in _clients)
        {
            client.Dispose();
        }
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                _clients.Add(await _listener.AcceptTcpClientAsync());
                _called.TrySetResult();
            }
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            // Disposed of.
        }
    }
}
