using NeuroLab.Application.Abstractions.Auditing;
using NeuroLab.Application.Abstractions.Identity;
using NeuroLab.Application.Abstractions.Messaging;
using NeuroLab.Application.Common;

namespace NeuroLab.Application.Accounts;

/// <summary>Changes the key with which access tokens are signed, without signing anybody out. For the executable, not for clients.</summary>
/// <remarks>Throws <see cref="ConflictException"/> when the key is configured: then it is changed in the configuration.</remarks>
[InvalidatesNothing("It writes a signing key and the audit log only, which no cached query reads.")]
public sealed record RotateSigningKey : ICommand<KeyRotation>
{
    /// <summary>Who asks for it, for the audit log.</summary>
    public AuditOrigin By { get; init; } = AuditOrigin.Console;
}

internal sealed class RotateSigningKeyHandler(ISigningKeyRotation keys, IAuditLog audit) : ICommandHandler<RotateSigningKey, KeyRotation>
{
    public async Task<KeyRotation> ExecuteAsync(RotateSigningKey command, CancellationToken cancellationToken)
    {
        var rotation = await keys.RotateAsync(cancellationToken).ConfigureAwait(false);
        if (rotation.IsNew)
        {
            // Committed right after the key, not with it: the key may be in a file.
            audit.Add(AuditAction.KeyRotation, command.By, rotation.KeyId);
        }

        return rotation;
    }
}
