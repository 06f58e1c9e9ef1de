using Microsoft.Extensions.Options;
using NeuroLab.Application.Common;
using NeuroLab.WebApi.Telemetry;

namespace NeuroLab.WebApi.Cli;

/// <summary>What the executable does: serve, or one of its verbs.</summary>
internal static class CommandLine
{
    /// <summary>It did what it was asked.</summary>
    public const int Done = 0;

    /// <summary>It could not do what it was asked.</summary>
    public const int Failed = 1;

    /// <summary>It did not understand what it was asked.</summary>
    public const int Misused = 2;

    /// <summary>How long the end waits for connections and the like to be closed, once the requests are answered or cut.</summary>
    private static readonly TimeSpan DisposalLimit = TimeSpan.FromSeconds(1);

    private const string Usage = """
        NeuroLab 360

          NeuroLab.WebApi [--urls URL] [--SETTING VALUE ...]
              Serves. Settings are those of docs/operations.md; the command line wins over the environment.
          NeuroLab.WebApi seed [--users N] [--experiments N] [--days N] [--seed N]
              Fills the configured database with sample data: N users (3), each with N experiments (200) over N days (120).
              The same --seed makes the same experiments.
          NeuroLab.WebApi admin grant EMAIL
              Gives an account the role admin; its next sign-in has it.
          NeuroLab.WebApi admin rotate-key
              Makes a new key to sign tokens with. It is used after a few minutes; nobody is signed out.
          NeuroLab.WebApi --help
        """;

    /// <summary>Settings without a section that the command line may have.</summary>
    private static readonly HashSet<string> PlainSettings = new(StringComparer.OrdinalIgnoreCase)
    {
        "urls", "http_ports", "https_ports", "environment", "contentRoot", "applicationName", "webroot", "DATA_DIR", "REDIS_URL", "REDIS_HOST", "REDIS_PORT", "REDIS_DB",
        "CACHE_DEFAULT_TTL", "CACHE_MEMORY_MAX_SIZE", "CACHE_STALE_THRESHOLD", "RATE_LIMIT_PER_MINUTE",
        TelemetrySettings.EndpointName, TelemetrySettings.ProtocolName, TelemetrySettings.HeadersName, TelemetrySettings.TimeoutName, TelemetrySettings.MetricIntervalName,
    };

    /// <summary>Runs the executable.</summary>
    /// <returns>The exit code: 0 done, 1 failed, 2 not understood.</returns>
    public static async Task<int> RunAsync(string[] args)
    {
        try
        {
            return args switch
            {
                ["--help" or "-h" or "-?" or "help"] => Help(),
                ["seed", .. var options] => SeedCommand.Parse(options) is { } seed ? await seed.RunAsync(Console.Out) : Misuse("seed: an option is unknown or out of range."),
                ["admin", "grant", var email] when !email.StartsWith('-') => await AdminCommand.GrantAsync(email, Console.Out, Console.Error),
                ["admin", "rotate-key"] => await AdminCommand.RotateKeyAsync(Console.Out, Console.Error),
                ["admin", ..] => Misuse("admin: expected 'admin grant EMAIL' or 'admin rotate-key'."),
                _ => FirstMistake(args) is { } mistake ? Misuse(mistake) : await ServeAsync(args),
            };
        }
        catch (OptionsValidationException exception)
        {
            return Refuse(exception.Failures);
        }
        catch (AggregateException exception) when (exception.InnerExceptions.All(inner => inner is OptionsValidationException))
        {
            return Refuse(exception.InnerExceptions.Cast<OptionsValidationException>().SelectMany(inner => inner.Failures));
        }
        catch (Exception exception) when (exception is OriginUnavailableException or Infrastructure.Identity.SigningKeyException)
        {
            return Refuse([exception.Message]);
        }
        catch (FormatException exception)
        {
            // Of the addresses alone: every other setting is read by somebody who names it.
            return Refuse([$"ASPNETCORE_URLS: {exception.Message}"]);
        }
        catch (Exception exception) when (exception is InvalidOperationException or ArgumentException or IOException or UnauthorizedAccessException)
        {
            // A value that cannot be converted, an address in use, a folder that cannot be written: the message says which.
            return Refuse([exception.Message]);
        }
    }

    private static async Task<int> ServeAsync(string[] args)
    {
        WebApplication app;
        try
        {
            app = Service.Build(args);
        }
        catch (InvalidOperationException exception)
        {
            // A setting that cannot be converted, or a folder that cannot be made: the message names it.
            return Refuse([exception.Message]);
        }

        try
        {
            await app.StartAsync();
            await app.WaitForShutdownAsync();
            return Done;
        }
        catch (InvalidOperationException exception)
        {
            return Refuse([exception.Message]);
        }
        finally
        {
            // What hangs on a store or a collector ends with the process.
            await app.DisposeAsync().AsTask().WaitAsync(DisposalLimit).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>What is wrong with the settings of a command line; null where nothing is.</summary>
    private static string? FirstMistake(string[] args)
    {
        for (var index = 0; index < args.Length; index++)
        {
            if (!args[index].StartsWith("--", StringComparison.Ordinal))
            {
                return $"'{args[index]}' is neither a verb nor a setting.";
            }

            var (name, value) = args[index][2..].Split('=', 2) is [var n, var v] ? (n, v) : (args[index][2..], null);
            // An empty value says nothing, whatever its name.
            if (value is not "" && !name.Contains(':', StringComparison.Ordinal) && !PlainSettings.Contains(name))
            {
                return $"'--{name}' is not a setting.";
            }

            if (value is null && ++index == args.Length)
            {
                return $"'--{name}' needs a value.";
            }
        }

        return null;
    }

    private static int Help()
    {
        Console.Out.WriteLine(Usage);
        return Done;
    }

    private static int Misuse(string mistake)
    {
        Console.Error.WriteLine(mistake);
        Console.Error.WriteLine();
        Console.Error.WriteLine(Usage);
        return Misused;
    }

    private static int Refuse(IEnumerable<string> reasons)
    {
        foreach (var reason in reasons)
        {
            Console.Error.WriteLine(reason);
        }

        return Failed;
    }
}
