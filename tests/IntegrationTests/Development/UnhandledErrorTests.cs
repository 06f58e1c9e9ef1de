using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using NeuroLab.Application.Dashboard;
using NeuroLab.IntegrationTests.Http;
using NeuroLab.IntegrationTests.OpenApi;

namespace NeuroLab.IntegrationTests.Development;

/// <summary>The environment Development opens nothing but the switches: the framework's own page of an exception, with its text and its stack, is seen by nobody.</summary>
public sealed class UnhandledErrorTests : IAsyncLifetime
{
    private const string Secret = "secret of /var/lib/neurolab";
    private readonly FailingApi _api = new();

    public Task InitializeAsync() => _api.InitializeAsync();

    public Task DisposeAsync() => _api.DisposeAsync();

    [Theory]
    [InlineData("application/json")]
    [InlineData("text/html")]
    [InlineData("text/plain")]
    public async Task Error_WhenNobodyHandlesItInDevelopment_IsToldLikeAnyOther(string accepted)
    {
        _api.Services.GetRequiredService<IHostEnvironment>().IsDevelopment().Should().BeTrue("it is what is tested");
        var user = await _api.NewUserAsync();
        _api.Instead = request => request is GetDashboardSummary ? throw new InvalidOperationException(Secret) : null;

        using var answer = await user.GetAsync("/api/dashboard/summary", ("Accept", accepted));

        await answer.ProblemAsync(HttpStatusCode.InternalServerError, "INTERNAL_ERROR");
        (await answer.Content.ReadAsStringAsync()).Should().NotContainAny("secret", "InvalidOperation", "   at ", "<html");
    }
}
