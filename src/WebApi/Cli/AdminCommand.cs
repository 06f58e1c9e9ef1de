using MediatR;
using NeuroLab.Application.Abstractions.Auditing;
using NeuroLab.Application.Accounts;
using NeuroLab.Application.Common;
using NeuroLab.Infrastructure.Maintenance;
using NeuroLab.WebApi.Security;

namespace NeuroLab.WebApi.Cli;

/// <summary>What nobody does over the network: gives rights, changes keys.</summary>
internal static class AdminCommand
{
    /// <summary>Gives an account the role <c>admin</c>.</summary>
    public static async Task<int> GrantAsync(string email, TextWriter output, TextWriter errors)
    {
        await using var app = Service.Build(QuietLog.Args);
        await app.Services.GetRequiredService<DatabasePreparation>().RunAsync(CancellationToken.None);
        await using var scope = app.Services.CreateAsyncScope();
        try
        {
            var granted = await scope.ServiceProvider.GetRequiredService<IMediator>().Send(new GrantAdmin(email));
            app.Services.GetRequiredService<AuditEvents>().Write(AuditAction.AdminGrant, AuditOrigin.Console, AuditOutcome.Done);
            await output.WriteLineAsync($"{granted.Value.Email} has the role admin; the next sign-in has it.");
            return CommandLine.Done;
        }
        catch (NotFoundException)
        {
            await errors.WriteLineAsync($"No account has the address {email}.");
        }
        catch (RequestValidationException)
        {
            await errors.WriteLineAsync($"{email} is not an e-mail address.");
        }

        return CommandLine.Failed;
    }

    /// <summary>Changes the key with which access tokens are signed.</summary>
    public static async Task<int> RotateKeyAsync(TextWriter output, TextWriter errors)
    {
        await using var app = Service.Build(QuietLog.Args);
        await app.Services.GetRequiredService<DatabasePreparation>().RunAsync(CancellationToken.None);
        await using var scope = app.Services.CreateAsyncScope();
        try
        {
            var rotation = (await scope.ServiceProvider.GetRequiredService<IMediator>().Send(new RotateSigningKey())).Value;
            if (rotation.IsNew)
            {
                app.Services.GetRequiredService<AuditEvents>().Write(AuditAction.KeyRotation, AuditOrigin.Console, AuditOutcome.Done);
            }

            await output.WriteLineAsync(rotation.IsNew
                ? $"The key {rotation.KeyId} signs from {rotation.ActivatesAt:yyyy-MM-dd HH:mm:ss} UTC on. Nobody is signed out."
                : $"A key was made shortly before: {rotation.KeyId} signs from {rotation.ActivatesAt:yyyy-MM-dd HH:mm:ss} UTC on. No other was made.");
            return CommandLine.Done;
        }
        catch (ConflictException exception)
        {
            await errors.WriteLineAsync(exception.Message);
            return CommandLine.Failed;
        }
    }
}

/// <summary>A verb's output is for people: the log only says what went wrong, and what the audit keeps.</summary>
internal static class QuietLog
{
    /// <summary>The settings.</summary>
    public static string[] Args { get; } = ["--Logging:LogLevel:Default=Warning", "--Logging:LogLevel:NeuroLab=Warning", "--Logging:LogLevel:Microsoft=Warning", $"--Logging:LogLevel:{AuditEvents.Category}=Information"];
}
