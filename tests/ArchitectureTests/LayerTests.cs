using NeuroLab.ArchitectureTests.Rules;
using NeuroLab.ArchitectureTests.Violations.CacheClients;
using NeuroLab.ArchitectureTests.Violations.Dependencies;
using NeuroLab.ArchitectureTests.Violations.Words;

namespace NeuroLab.ArchitectureTests;

/// <summary>The layers: Domain, around it Application, around that Infrastructure, and WebApi, which puts them together.</summary>
public sealed class LayerTests
{
    private static readonly Rule DomainStandsAlone = new(
        "Domain refers to nothing but the base class library.",
        "The rules of the experiments outlive every framework, and are tested without any.",
        "Define a port in Domain or Application and put the adapter into Infrastructure.");

    private static readonly Rule DomainKnowsNoCache = new(
        "Domain does not speak of caching.",
        "Whether and how long an answer is kept is a decision about a query, not about what an experiment is.",
        "Put it into the query's policy in Application.");

    private static readonly Rule ApplicationIsPortable = new(
        "Application refers to Domain, MediatR, FluentValidation, Scrutor and the abstractions of injection, logging and options, and to nothing else.",
        "Use cases that know a database, a cache client or a web framework cannot be tested or moved without it.",
        "Define a port under Application/Abstractions and put the adapter into Infrastructure.");

    private static readonly Rule InfrastructureIsBelow = new(
        "Infrastructure does not refer to WebApi.",
        "An adapter that knows who calls it serves one caller only.",
        "Pass what it needs through the port.");

    private static readonly Rule WebApiUsesPorts = new(
        "WebApi refers to no database or cache client.",
        "An endpoint that reads past the use cases is not validated, not cached and not invalidated.",
        "Send a request through IMediator, or use a port of Application.");

    private static readonly Rule CacheClientsAreConfined = new(
        "Only Infrastructure/Caching refers to a cache client.",
        "Values stored beside the engine have no lease: nothing ever invalidates them.",
        "Make it an ICacheableQuery, or inject ICache.");

    private static readonly Rule OutputCacheIsConfined = new(
        "Of what is answered, ASP.NET's output cache keeps the description of the API alone.",
        "An answer that is kept before the engine has no lease: nothing ever invalidates it, and nobody is told how old it is.",
        "Make it an ICacheableQuery and map it by MapCached.");

    private static readonly string[] CacheClients =
    [
        "StackExchange.Redis", "Microsoft.Extensions.Caching.Memory", "Microsoft.Extensions.Caching.Distributed", "Microsoft.Extensions.Caching.Hybrid",
        "System.Runtime.Caching", "ZiggyCreatures.Caching", "Microsoft.AspNetCore.ResponseCaching",
        "Microsoft.AspNetCore.Builder.ResponseCachingExtensions", "Microsoft.Extensions.DependencyInjection.ResponseCachingServicesExtensions",
    ];

    // The extensions by which it is used stand in namespaces that everybody uses.
    private static readonly string[] OutputCaches =
    [
        "Microsoft.AspNetCore.OutputCaching", "Microsoft.AspNetCore.Builder.OutputCacheApplicationBuilderExtensions",
        "Microsoft.Extensions.DependencyInjection.OutputCacheServiceCollectionExtensions", "Microsoft.Extensions.DependencyInjection.OutputCacheConventionBuilderExtensions",
    ];

    private static readonly string[] DatabaseClients =
    [
        "Microsoft.EntityFrameworkCore", "Npgsql", "Microsoft.Data.Sqlite", "SQLitePCL", "System.Data.Common",
    ];

    [Fact]
    public void Domain_Always_RefersToTheBaseClassLibraryAlone()
    {
        DependencyRules.DependOnlyOn(Subject.Domain, DomainStandsAlone, "System").ShouldBeNone();
        SourceRules.ProjectIsBare(Path.Combine(SourceRules.Root, "src", "Domain", "Domain.csproj")).ShouldBeNone();
    }

    [Fact]
    public void Domain_Always_SaysNothingOfCaching() =>
        DependencyRules.SayNothingOf(Subject.Domain, DomainKnowsNoCache, "Cache", "Caching", "TimeToLive", "Invalidat").ShouldBeNone();

    [Fact]
    public void Application_Always_RefersToContractsAlone() =>
        DependencyRules.DependOnlyOn(
            Subject.Application,
            ApplicationIsPortable,
            "System",
            "NeuroLab.Domain",
            "MediatR",
            "FluentValidation",
            "Scrutor",
            "Microsoft.CodeAnalysis",
            "Microsoft.Extensions.DependencyInjection",
            "Microsoft.Extensions.Logging",
            "Microsoft.Extensions.Options").ShouldBeNone();

    [Fact]
    public void Infrastructure_Always_KnowsNothingOfWebApi() =>
        DependencyRules.DependOnNoneOf(Subject.Infrastructure, InfrastructureIsBelow, "NeuroLab.WebApi").ShouldBeNone();

    [Fact]
    public void WebApi_Always_ReachesDatabaseAndCacheThroughPorts() =>
        DependencyRules.DependOnNoneOf(Subject.WebApi, WebApiUsesPorts, [.. DatabaseClients, .. CacheClients]).ShouldBeNone();

    [Fact]
    public void CacheClients_Always_AreUsedByInfrastructureCachingAlone() =>
        Subject.Product
            .SelectMany(subject => DependencyRules.DependOnNoneOf(subject, CacheClientsAreConfined, CacheClients))
            .Where(offence => !offence.Offender.StartsWith("NeuroLab.Infrastructure.Caching.", StringComparison.Ordinal))
            .ShouldBeNone();

    [Fact]
    public void OutputCaches_Always_AreUsedByTheDescriptionAlone() =>
        Subject.Product
            .SelectMany(subject => DependencyRules.DependOnNoneOf(subject, OutputCacheIsConfined, OutputCaches))
            .Where(offence => !offence.Offender.StartsWith("NeuroLab.WebApi.OpenApi.", StringComparison.Ordinal))
            .ShouldBeNone();

    [Fact]
    public void DependOnNoneOf_WhenACacheClientIsUsed_NamesWhoUsesIt() =>
        DependencyRules.DependOnNoneOf(Subject.Fixture("CacheClients"), CacheClientsAreConfined, CacheClients).ShouldName(
            typeof(UsesAMemoryCache), typeof(UsesADistributedCache), typeof(UsesAHybridCache), typeof(UsesARedisDatabase), typeof(UsesAFusionCache), typeof(UsesAResponseCache));

    [Fact]
    public void DependOnNoneOf_WhenAnOutputCacheIsUsed_NamesWhoUsesIt() =>
        DependencyRules.DependOnNoneOf(Subject.Fixture("CacheClients"), OutputCacheIsConfined, OutputCaches)
            .ShouldName(typeof(AddsAnOutputCache), typeof(UsesAnOutputCache), typeof(KeepsAnAnswerInAnOutputCache));

    [Fact]
    public void DependOnNoneOf_WhenAForbiddenClientIsUsed_NamesWhoUsesIt() =>
        DependencyRules.DependOnNoneOf(Subject.Fixture("Dependencies"), WebApiUsesPorts, [.. DatabaseClients, .. CacheClients])
            .ShouldName(typeof(UsesEfCoreInAField), typeof(UsesRedisInAnAsyncMethod));

    [Fact]
    public void DependOnlyOn_WhenSomethingElseIsUsed_NamesWhoUsesIt() =>
        DependencyRules.DependOnlyOn(Subject.Fixture("Dependencies"), DomainStandsAlone, "System")
            .ShouldName(typeof(UsesEfCoreInAField), typeof(UsesRedisInAnAsyncMethod));

    [Fact]
    public void SayNothingOf_WhenAMemberHasTheWord_NamesItsType() =>
        DependencyRules.SayNothingOf(Subject.Fixture("Words"), DomainKnowsNoCache, "Cache").ShouldName(typeof(RemembersItsCacheKey));

    [Fact]
    public void ProjectIsBare_WhenItHasAPackage_NamesTheProject() =>
        SourceRules.ProjectIsBare(Path.Combine(SourceRules.Root, "tests", "ArchitectureTests", "Violations", "Domain.csproj.violation"))
            .ShouldName("Domain.csproj.violation");
}
