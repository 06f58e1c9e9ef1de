using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Timeouts;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using NeuroLab.WebApi.Http;
using NeuroLab.WebApi.Security;

namespace NeuroLab.IntegrationTests.Http;

/// <summary>Every endpoint of the service, as it is mapped: one that forgets its protection fails here.</summary>
[Collection(SqliteApiCollection.Name)]
public sealed class EndpointProtectionTests(SqliteApi api)
{
    /// <summary>What the contract opens to anyone.</summary>
    private static readonly string[] Public =
    [
        "/api/auth/register", "/api/auth/login", "/api/auth/refresh",
        "/api/cache/health", "/api/dashboard/health", "/api/dashboard/health/database", "/api/dashboard/health/cache",
    ];

    private static readonly string[] Administration = ["/api/cache", "/api/admin"];

    private List<(string Path, Endpoint Endpoint)> Endpoints =>
    [
        .. api.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
            .Select(endpoint => ("/" + endpoint.RoutePattern.RawText!.Trim('/'), (Endpoint)endpoint)),
    ];

    [Fact]
    public void Endpoints_Always_AreAllFound() =>
        Endpoints.Select(one => one.Path).Should().Contain([.. Public, "/api/cache/clear", "/api/admin/audit", "/api/experiments/{id}", "/health/live"]);

    [Fact]
    public void ApiEndpoints_ButThePublicOnes_RequireSignIn()
    {
        var open = Endpoints.Where(one => one.Path.StartsWith("/api/", StringComparison.OrdinalIgnoreCase) && !Public.Contains(one.Path))
            .Where(one => one.Endpoint.Metadata.GetMetadata<IAuthorizeData>() is null || one.Endpoint.Metadata.GetMetadata<IAllowAnonymous>() is not null);

        open.Select(one => one.Path).Should().BeEmpty();
    }

    [Fact]
    public void AdministrationEndpoints_ButHealth_RequireTheAdministrator()
    {
        var administration = Endpoints.Where(one => Administration.Any(root => one.Path.StartsWith(root + "/", StringComparison.OrdinalIgnoreCase)) && !Public.Contains(one.Path)).ToList();

        administration.Should().NotBeEmpty();
        administration.Where(one => one.Endpoint.Metadata.GetOrderedMetadata<IAuthorizeData>().All(rule => rule.Policy != AuthenticationSetup.AdminPolicy))
            .Select(one => one.Path).Should().BeEmpty();
    }

    [Fact]
    public void OtherEndpoints_Always_AreKnown()
    {
        // Beside the API there is health, the description, and the numbers where they are turned on.
        var known = new[] { "/health/live", "/health/ready", "/openapi/v1.json", "/metrics" };

        Endpoints.Select(one => one.Path).Where(path => !path.StartsWith("/api/", StringComparison.OrdinalIgnoreCase)).Should().BeSubsetOf(known);
    }

    [Fact]
    public void ProbesOfHealth_Always_AnswerForThemselvesHoweverLongTheyTake()
    {
        var probes = Endpoints.Where(one => RateLimiting.IsProbe(one.Path) && one.Path != "/metrics").ToList();

        probes.Should().HaveCount(6);
        probes.Where(one => one.Endpoint.Metadata.GetMetadata<DisableRequestTimeoutAttribute>() is null).Select(one => one.Path).Should().BeEmpty();
    }

    [Fact]
    public void Endpoints_Always_BeginWithWhatNoPathOfAProxyMayBeginWith() =>
        Endpoints.Select(one => one.Path).Append("/swagger").Where(path => !PublicPath.IsOwn(path)).Should().BeEmpty();
}
