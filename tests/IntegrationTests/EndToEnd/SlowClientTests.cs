using System.Collections.Concurrent;
using System.Net;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using NeuroLab.WebApi;

namespace NeuroLab.IntegrationTests.EndToEnd;

/// <summary>Clients that send or read as slowly as they can: they hold nothing that others need, and are cut.</summary>
[Collection(EndToEndCollection.Name)]
public sealed class SlowClientTests(Servers servers)
{
    private const int OfEachKind = 70;
    private const string LongAnswer = "/swagger/swagger-ui-bundle.js";
    private static readonly TimeSpan Pace = TimeSpan.FromSeconds(1);

    [Fact]
    public async Task Requests_BesideTwoHundredSlowClients_AreAnsweredAsEverAndTheSlowOnesCut()
    {
        await using var service = await ServiceProcess.StartAsync(servers.Embedded());
        using var user = await Api.RegisteredAsync(service.Address);
        await user.RunExperimentAsync();
        await user.SummaryAsync();
        var address = service.Address;
        var headers = Many(() => SlowHeadersAsync(address));
        var bodies = Many(() => SlowBodyAsync(address));
        using var over = new CancellationTokenSource();
        var readers = Many(() => SlowReaderAsync(address, over.Token));
        var answers = new ConcurrentQueue<Answer>();
        var cut = Task.WhenAll(headers.Concat(bodies));
        while (!cut.IsCompleted)
        {
            answers.Enqueue(await user.SummaryAsync());
            answers.Enqueue(await user.PostAsync("/api/experiments", new { name = "n", experiment_type = "memory" }));
            await Task.WhenAny(cut, Task.Delay(250));
        }

        await cut;
        await over.CancelAsync();
        (await Task.WhenAll(headers)).Should().OnlyContain(answer => answer.Length == 0 || answer.StartsWith("HTTP/1.1 408", StringComparison.Ordinal));
        (await Task.WhenAll(bodies)).Should().OnlyContain(answer => answer.Length == 0 || answer.StartsWith("HTTP/1.1 408", StringComparison.Ordinal));
        (await Task.WhenAll(readers)).Should().OnlyContain(got => got.StartsWith("HTTP/1.1 200", StringComparison.Ordinal), "each was being answered");
        answers.Should().HaveCountGreaterThan(20).And.OnlyContain(answer => answer.Status == HttpStatusCode.OK || answer.Status == HttpStatusCode.Created);
        answers.Select(answer => answer.Elapsed).Order().ElementAt(answers.Count / 2).Should().BeLessThan(TimeSpan.FromMilliseconds(200));
        answers.Max(answer => answer.Elapsed).Should().BeLessThan(TimeSpan.FromSeconds(3));
        service.Output.Should().NotContain("fail:").And.NotContain("answered 5");
    }

    [Fact]
    public async Task Limits_Always_HoldReadersToARateAsWell()
    {
        // Seen to work it would take minutes here: the system takes megabytes for a reader on the same machine, and they count as time that the reader has.
        await using var app = Service.Build([$"--DATA_DIR={servers.Embedded()["DATA_DIR"]}"]);

        var rate = app.Services.GetRequiredService<IOptions<KestrelServerOptions>>().Value.Limits.MinResponseDataRate;

        (rate?.BytesPerSecond, rate?.GracePeriod).Should().Be((4096, TimeSpan.FromSeconds(5)));
    }

    private static List<Task<string>> Many(Func<Task<string>> client) => [.. Enumerable.Range(0, OfEachKind).Select(_ => client())];

    private static async Task<string> SlowHeadersAsync(Uri address)
    {
        using var client = await RawClient.ConnectAsync(address);
        var sending = client.DribbleAsync($"GET /health/live HTTP/1.1\r\nHost: service\r\nX-Slow: {new string('x', 200)}", Pace);
        var answer = await client.ReadToEndAsync(TimeSpan.FromSeconds(40));
        client.Dispose();
        await sending.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return answer;
    }

    private static async Task<string> SlowBodyAsync(Uri address)
    {
        using var client = await RawClient.ConnectAsync(address);
        await client.SendAsync("POST /api/auth/login HTTP/1.1\r\nHost: service\r\nContent-Type: application/json\r\nContent-Length: 200\r\n\r\n");
        var sending = client.DribbleAsync(new string(' ', 200), Pace);
        var answer = await client.ReadToEndAsync(TimeSpan.FromSeconds(40));
        client.Dispose();
        await sending.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return answer;
    }

    /// <summary>Asks for far more than fits into the buffers between, and takes a byte a second.</summary>
    private static async Task<string> SlowReaderAsync(Uri address, CancellationToken over)
    {
        using var client = await RawClient.ConnectAsync(address, receiveBuffer: 4096);
        for (var i = 0; i < 10; i++)
        {
            await client.SendAsync($"GET {LongAnswer} HTTP/1.1\r\nHost: service\r\n\r\n");
        }

        var got = await client.ReadTextAsync(12);
        while (!over.IsCancellationRequested)
        {
            await client.ReadTextAsync(1);
            await Task.Delay(Pace, over).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        return got;
    }
}
