using Microsoft.Extensions.Options;
using NeuroLab.Application.Common;
using NeuroLab.WebApi.Cli.Remote;
using NeuroLab.WebApi.Settings;

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

    /// <summary>The service that it was to ask did not answer.</summary>
    public const int Unreachable = 3;

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
          NeuroLab.WebApi settings [--json | --update PAGE]
              Prints every setting with its value in force (of secrets: whether they are set) and where that comes from, and what is wrong with them.
              --update writes the tables of docs/operations.md instead.

        These ask a running service over HTTP; the address is that of ASPNETCORE_URLS on this machine unless --url says otherwise:
          NeuroLab.WebApi health [--live]
              Whether it can answer requests, and how its parts are; with --live, whether the process answers at all.
          NeuroLab.WebApi stats
              Counts of the cache since the node's start.
          NeuroLab.WebApi entries [PATTERN] [--limit N]
              What is cached: keys, ages, sizes; no values.
          NeuroLab.WebApi explain KEY
              What an entry is in each tier, whether it is fresh, and if not, why.
          NeuroLab.WebApi clear PATTERN
              Purges what matches, in every tier on every node; '*' is everything.
          NeuroLab.WebApi warm USER ...
              Loads what a user (e-mail address or id) asks first into the cache.
          Each takes [--url URL] [--key-file FILE] [--timeout SECONDS] [--json]. All but health need the administrator's key, from Authentication__AdminApiKey or a file.
          --json prints one JSON document and nothing else; complaints and progress go to the error output.

          NeuroLab.WebApi --help

        Exit codes: 0 done, 1 failed or refused, 2 not understood, 3 nothing answers.
        """;

    /// <summary>Runs the executable.</summary>
    /// <returns>The exit code: 0 done, 1 failed or refused, 2 not understood, 3 nothing answered.</returns>
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
                ["settings"] => await SettingsCommand.PrintAsync(json: false, Console.Out, Console.Error),
                ["settings", "--json"] => await SettingsCommand.PrintAsync(json: true, Console.Out, Console.Error),
                ["settings", "--update", var page] => await SettingsCommand.UpdateAsync(page),
                ["settings", ..] => Misuse("settings: expected nothing, '--json' or '--update PAGE'."),
                [var verb, .. var options] when RemoteCommand.Find(verb) is { } remote => await AskAsync(remote, options),
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

    private static async Task<int> AskAsync(RemoteVerb verb, string[] options)
    {
        if (options is ["--help" or "-h"])
        {
            return Help();
        }

        var (given, mistake) = RemoteArguments.Parse(verb, options);
        return given is null ? Misuse(mistake!) : await RemoteCommand.RunAsync(verb, given);
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
            if (value is not "" && !name.Contains(':', StringComparison.Ordinal) && !ServiceConfiguration.PlainNames.Contains(name))
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

    /// <summary>Says why it could not do what it was asked.</summary>
    /// <param name="errors">Takes the reasons.</param>
    /// <param name="reasons">One or more sentences.</param>
    /// <returns>The exit code.</returns>
    public static int Refuse(TextWriter errors, IReadOnlyCollection<string> reasons)
    {
        if (reasons.Count > 1)
        {
            errors.WriteLine($"{reasons.Count} settings are wrong:");
        }

        foreach (var reason in reasons)
        {
            errors.WriteLine(reasons.Count > 1 ? $"  - {reason}" : reason);
        }

        return Failed;
    }

    private static int Refuse(IEnumerable<string> reasons) => Refuse(Console.Error, [.. reasons.Distinct()]);
}
