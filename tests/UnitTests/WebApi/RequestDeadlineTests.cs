using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Timeouts;
using Microsoft.Extensions.Logging.Abstractions;
using NeuroLab.WebApi.Errors;
using NeuroLab.WebApi.Security;
using NeuroLab.WebApi.Settings;

namespace NeuroLab.UnitTests.WebApi;

public sealed class RequestDeadlineTests
{
    private readonly DefaultHttpContext _http = new() { Response = { Body = new MemoryStream() } };

    [Fact]
    public async Task Invoke_WhenTheRequestWaitsTooLong_CancelsItAndAnswers503()
    {
        await Deadline(TimeSpan.FromMilliseconds(20), async http => await Task.Delay(Timeout.Infinite, http.RequestAborted)).InvokeAsync(_http);

        _http.Response.StatusCode.Should().Be(StatusCodes.Status503ServiceUnavailable);
        _http.Response.Headers.RetryAfter.ToString().Should().Be("1");
        _http.RequestAborted.IsCancellationRequested.Should().BeFalse("the client is there still");
    }

    [Fact]
    public async Task Invoke_WhenTheClientGoes_CancelsTheRequestAndAnswersNobody()
    {
        using var client = new CancellationTokenSource();
        _http.RequestAborted = client.Token;
        var running = Deadline(TimeSpan.FromMinutes(1), async http => await Task.Delay(Timeout.Infinite, http.RequestAborted)).InvokeAsync(_http);

        await client.CancelAsync();

        await running.Invoking(task => task).Should().ThrowAsync<OperationCanceledException>();
        _http.Response.StatusCode.Should().Be(StatusCodes.Status200OK);
    }

    [Fact]
    public async Task Invoke_WhenTheEndpointAnswersForItself_LeavesItsTokenAlone()
    {
        using var client = new CancellationTokenSource();
        _http.RequestAborted = client.Token;
        _http.SetEndpoint(new Endpoint(null, new EndpointMetadataCollection(new DisableRequestTimeoutAttribute()), "probe"));

        await Deadline(TimeSpan.FromMilliseconds(1), http =>
        {
            http.RequestAborted.Should().Be(client.Token);
            return Task.CompletedTask;
        }).InvokeAsync(_http);
    }

    [Fact]
    public async Task Invoke_WhenRequestsFollowEachOther_GivesNoneATokenThatAnotherEnded()
    {
        var deadline = Deadline(TimeSpan.FromMilliseconds(20), static _ => Task.CompletedTask);
        var late = Deadline(TimeSpan.FromMilliseconds(20), static async http => await Task.Delay(Timeout.Infinite, http.RequestAborted));
        await deadline.InvokeAsync(_http);
        await late.InvokeAsync(new DefaultHttpContext { Response = { Body = new MemoryStream() } });

        var seen = CancellationToken.None;
        await Deadline(TimeSpan.FromMinutes(1), http =>
        {
            seen = http.RequestAborted;
            return Task.CompletedTask;
        }).InvokeAsync(_http);

        seen.CanBeCanceled.Should().BeTrue();
        seen.IsCancellationRequested.Should().BeFalse();
    }

    private static RequestDeadline Deadline(TimeSpan limit, RequestDelegate next)
    {
        var settings = new ServiceSettings
        {
            RateLimitPerMinute = 0, CorsOrigins = [], KnownProxies = [], PathBase = null, AdminApiKey = null, Limits = new RequestLimits { RequestTimeout = limit }, Metrics = MetricsAccess.Off,
        };
        return new RequestDeadline(next, settings, new ProblemWriter(NullLogger<ProblemWriter>.Instance));
    }
}
