using MediatR;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Net.Http.Headers;
using NeuroLab.Application;
using NeuroLab.Infrastructure;
using NeuroLab.WebApi.Endpoints;
using NeuroLab.WebApi.Errors;
using NeuroLab.WebApi.Http;
using NeuroLab.WebApi.OpenApi;
using NeuroLab.WebApi.Page;
using NeuroLab.WebApi.Security;
using NeuroLab.WebApi.Settings;
using NeuroLab.WebApi.Streaming;
using NeuroLab.WebApi.Telemetry;

namespace NeuroLab.WebApi;

/// <summary>The composition root: what the service is made of, and the order in which a request passes through it.</summary>
internal static partial class Service
{
    /// <summary>What the service is built from: its configuration is read, and nothing else done.</summary>
    /// <param name="args">Settings of the command line, which win over all others.</param>
    public static WebApplicationBuilder CreateBuilder(string[] args) =>
        WebApplication.CreateBuilder(new WebApplicationOptions { Args = args, ContentRootPath = AppContext.BaseDirectory });

    /// <summary>Builds the service.</summary>
    /// <param name="args">Settings of the command line, which win over all others.</param>
    /// <param name="more">Adds sources to the configuration, which win over the command line; null: none.</param>
    /// <exception cref="Microsoft.Extensions.Options.OptionsValidationException">One or more settings are wrong; each failure names its own.</exception>
    public static WebApplication Build(string[] args, Action<IConfigurationBuilder>? more = null)
    {
        var builder = CreateBuilder(args);
        more?.Invoke(builder.Configuration);
        ServiceConfiguration.ThrowIfWrong(builder.Configuration);
        if (ListenAddress.IsLeftOpen(builder.Configuration))
        {
            builder.WebHost.UseUrls(ListenAddress.Default);
        }

        builder.Host.UseDefaultServiceProvider(options => (options.ValidateScopes, options.ValidateOnBuild) = (true, true));
        builder.Services.Configure<HostOptions>(options => options.ShutdownTimeout = TimeSpan.FromSeconds(10));

        var settings = ServiceSettings.Read(builder.Configuration);
        builder.WebHost.ConfigureKestrel(server =>
        {
            server.AddServerHeader = false;
            server.Limits.MaxConcurrentConnections = settings.Limits.Connections;
            server.Limits.MaxRequestBodySize = JsonBody.MaxBytes;
            server.Limits.MaxRequestHeadersTotalSize = 32 * 1024;
            server.Limits.MaxRequestHeaderCount = 64;
            server.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(15);
            // Who reads a long answer slower than a bad mobile line lets go of it again; bodies sent are held to the server's own 240 bytes a second.
            server.Limits.MinResponseDataRate = new MinDataRate(bytesPerSecond: 4096, gracePeriod: TimeSpan.FromSeconds(5));
        });
        // What continues a request runs on the thread of the pool that the bytes arrived on, in place of being handed from queue to queue. On Linux as on Windows
        // those are ordinary threads of the pool: one that is held up holds up no other connection.
        builder.WebHost.UseSockets(static sockets => sockets.UnsafePreferInlineScheduling = true);
        AddServices(builder.Services, builder.Configuration, settings);
        AddDevelopment(builder.Services, builder.Environment);
        var app = builder.Build();
        UsePipeline(app, settings);
        return app;
    }

    private static void AddServices(IServiceCollection services, IConfiguration configuration, ServiceSettings settings)
    {
        services.AddSingleton(TimeProvider.System);
        services.AddSingleton(settings);
        services.AddApplication();
        services.AddInfrastructure(configuration);
        services.AddTelemetry(configuration, settings);

        services.AddLogPrivacy();
        services.AddSingleton(static provider => new CachedQueries(new Mediator(provider.GetService!), provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton<ProblemWriter>();
        services.AddSingleton<AuditEvents>();
        services.AddExceptionHandler<ProblemExceptionHandler>();
        services.AddSignIn();
        services.AddRequestLimit(settings);
        services.AddSingleton<StreamPlaces>();
        services.AddSingleton<CacheStreams>();
        services.AddDescription();
        services.AddCors(options => options.AddDefaultPolicy(policy => policy
            .WithOrigins([.. settings.CorsOrigins])
            .WithMethods("GET", "POST", "PATCH", "DELETE")
            .WithHeaders(HeaderNames.Authorization, HeaderNames.ContentType, HeaderNames.IfNoneMatch, ApiHeaders.ConsistencyToken, ApiHeaders.CorrelationId, ApiHeaders.LastEventId)
            .WithExposedHeaders(
                ApiHeaders.CacheStatus, HeaderNames.Age, HeaderNames.ETag, ApiHeaders.ConsistencyToken, ApiHeaders.CorrelationId, HeaderNames.RetryAfter, HeaderNames.Location)));
    }

    private static void UsePipeline(WebApplication app, ServiceSettings settings)
    {
        var hasFaultSwitches = false;
        MapDevelopment(app, ref hasFaultSwitches);
        app.UsePublicPath(settings.KnownProxies, settings.PathBase);
        app.UseTelemetry();
        app.UseMiddleware<ResponseHeaders>();
        app.UseExceptionHandler(new ExceptionHandlerOptions { AllowStatusCode404Response = true, ExceptionHandler = static _ => Task.CompletedTask });
        app.UseMiddleware<StatusProblems>();
        app.UseMiddleware<OverloadProtection>();
        app.UseRouting();
        app.UseMiddleware<RequestDeadline>();
        if (settings.CorsOrigins.Count > 0)
        {
            app.UseCors();
        }

        app.UseSignIn();
        app.UseRequestLimit(settings);
        // After the limits: their scripts are long answers, and slow readers of them are counted like all others.
        app.UseDescriptionPage();
        app.UsePage(hasFaultSwitches);
        app.UsePermissions();

        app.MapAuth();
        app.MapExperiments();
        app.MapDashboard();
        app.MapCache();
        app.MapAudit();
        app.MapHealth();
        app.MapMetrics(settings);
        app.MapDescription();
    }

    /// <summary>Registers what is for development alone. Where the build has nothing of the kind, so it is with this call.</summary>
    static partial void AddDevelopment(IServiceCollection services, IHostEnvironment environment);

    /// <summary>Maps what is for development alone, and says whether the database and Redis can be stopped by it; the same holds.</summary>
    static partial void MapDevelopment(WebApplication app, ref bool hasFaultSwitches);
}
